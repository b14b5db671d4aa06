import type { SchemaNode, SchemaObject } from "../contract/contract.js";
import { referenceOf } from "../load/refs/resolve.js";
import { isObject, member, setMember } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";
import type { Context } from "./context.js";
import { hasSiblings, isContained, leftOver, reportDynamic, withoutSiblings } from "./later-drafts.js";
import { singular, typeName } from "./names.js";
import { copyAnnotations, copyConstraints, isReadable, nullableType } from "./schema-keywords.js";
import { referenceNames } from "./schema-names.js";
import type { NameCandidate } from "./settle-names.js";
import type { Draft } from "./type-draft.js";

/** Enumerations and unions with more members than this get a name of their own. */
const INLINE_LIMIT = 4;

/** Where an inline type stands: its name is the owner's name and the path. Without a place nothing gets a name. */
interface Place {
  readonly owner: Draft;
  readonly path: string;
  /** The path with every step apart: `_Lines_Item` where `path` is `Line`. */
  readonly full: string;
}

/** Subschemas that describe the value itself, or say nothing a type could: they hold no types of their own. */
const CONDITIONS = ["not", "if", "then", "else", "contains", "propertyNames", "additionalItems"] as const;

/** The type of a payload or headers: the component it refers to, else a type of its own by one of the names. */
export function rootType(context: Context, node: JsonNode, names: readonly NameCandidate[]): { $ref: string } {
  const schema = context.schemaOf(node);
  if (!schema) return context.types.refer({ node, kind: "message", wanted: names }, () => true);
  const isInside =
    schema.source.location === node.source.location && `${schema.pointer}/`.startsWith(`${node.pointer}/`);
  const fromElsewhere = schema.id !== node.id && !isInside;
  return fromElsewhere
    ? typeAt(context, schema)
    : context.types.refer({ node: schema, kind: "message", wanted: names }, build(context));
}

/** The type of a schema that somebody refers to: a component keeps its key. */
export function typeAt(context: Context, node: JsonNode): { $ref: string } {
  return context.types.refer(
    { node, kind: "component", wanted: referenceNames(node).map((name) => ({ name })) },
    build(context),
  );
}

function build(context: Context): (draft: Draft) => SchemaNode {
  return (draft) => body(context, draft.node, { owner: draft, path: "", full: "" });
}

/** A schema inside another: a reference, a type of its own, or what it is. */
function nested(context: Context, node: JsonNode, place: Place | undefined): SchemaNode {
  if (hasSiblings(node.value)) {
    const [reference, beside] = withoutSiblings(node);
    const target = nested(context, reference, place);
    const isOnlyNullable = Object.keys(beside.value as object).every((key) => key === "nullable" || isRemark(key));
    const parts = isOnlyNullable ? [target] : [target, body(context, beside, place)];
    const all = parts.length > 1 ? { allOf: parts } : target;
    return beside.boolean("nullable") ? { anyOf: [all, { type: "null" }] } : all;
  }
  if (referenceOf(node.value) !== undefined) {
    const target = context.schemaOf(node);
    if (!target) return true;
    return isLeaf(target) && !isNamedPlace(target) ? body(context, target, undefined) : typeAt(context, target);
  }
  const schema = context.schemaOf(node) ?? node;
  if (!place || !deservesName(schema)) return body(context, schema, place);
  const own = schema.string("x-name");
  const paths = own === undefined ? [place.path, place.full] : [typeName(own), `_${typeName(own)}`];
  const wanted = paths.map((name) => ({ name }));
  return context.types.refer({ node: schema, kind: "inline", wanted, owner: place.owner }, build(context));
}

function body(context: Context, node: JsonNode, place: Place | undefined): SchemaNode {
  if (typeof node.value === "boolean") return node.value;
  if (referenceOf(node.value) !== undefined) return nested(context, node, place);
  if (!isObject(node.value)) {
    context.reporter.error(
      node,
      "invalid-schema",
      "a schema is an object, true or false",
      "Write `{}` to allow everything.",
    );
    return true;
  }
  const schema: Record<string, unknown> = {};
  copyAnnotations(node, schema);
  copyConstraints(context.reporter, node, schema);
  reportDynamic(context.reporter, node);
  copyMembers(context, node, place, schema);
  copyItems(context, node, place, schema);
  copyAlternatives(context, node, place, schema);
  for (const keyword of CONDITIONS) {
    const condition = node.at(keyword);
    if (!condition || (keyword === "contains" && !isContained(context.reporter, node))) continue;
    schema[keyword] ??= nested(context, condition, undefined);
  }
  return nullableType(node, schema);
}

function copyMembers(
  context: Context,
  node: JsonNode,
  place: Place | undefined,
  schema: Record<string, unknown>,
): void {
  const properties = node.at("properties");
  if (isObject(properties?.value))
    schema.properties = each(properties, (name, one) => nested(context, one, below(place, name)));
  const patterns = node.at("patternProperties");
  const value = place && step(place, `${place.path}Value`, "Value");
  if (isObject(patterns?.value)) {
    const readable = [...patterns.entries()].filter(([pattern, one]) => isReadable(context.reporter, one, pattern));
    const converted = {};
    for (const [pattern, one] of readable) setMember(converted, pattern, nested(context, one, value));
    schema.patternProperties = converted;
  }
  const additional = node.at("additionalProperties") ?? leftOver(context.reporter, node, "unevaluatedProperties");
  if (additional) schema.additionalProperties = nested(context, additional, value);
  copyDependencies(context, node, schema);
}

/** Those of draft-07, and the two that later drafts have made of them. */
function copyDependencies(context: Context, node: JsonNode, schema: Record<string, unknown>): void {
  const found = new Map<string, SchemaNode[]>();
  const names = new Map<string, unknown>();
  for (const keyword of ["dependencies", "dependentRequired", "dependentSchemas"]) {
    const dependencies = node.at(keyword);
    if (!isObject(dependencies?.value)) continue;
    for (const [name, one] of dependencies.entries()) {
      const isNames = Array.isArray(one.value);
      if (isNames && !found.has(name)) names.set(name, one.value);
      const required = (isNames ? one.value : []) as readonly string[];
      const part = isNames ? { required } : nested(context, one, undefined);
      found.set(name, [...(found.get(name) ?? []), part]);
    }
  }
  if (found.size === 0) return;
  const converted = {};
  for (const [name, parts] of found) {
    const [only = true] = parts;
    setMember(converted, name, parts.length > 1 ? { allOf: parts } : (names.get(name) ?? only));
  }
  schema.dependencies = converted;
}

function copyItems(context: Context, node: JsonNode, place: Place | undefined, schema: Record<string, unknown>): void {
  const prefix = node.at("prefixItems");
  const isTuple = Array.isArray(prefix?.value);
  const unevaluated = leftOver(context.reporter, node, "unevaluatedItems");
  const items = (isTuple ? prefix : node.at("items")) ?? unevaluated;
  if (!items) return;
  const rest = isTuple ? (node.at("items") ?? unevaluated) : undefined;
  if (rest) schema.additionalItems = nested(context, rest, undefined);
  const path = place && (place.path === "" ? "Item" : singular(place.path));
  if (!Array.isArray(items.value)) {
    schema.items = nested(context, items, place && step(place, path ?? "", "Item"));
    return;
  }
  schema.items = [...items.entries()].map(([key, one]) =>
    nested(context, one, place && step(place, `${path}${Number(key) + 1}`, `Item${Number(key) + 1}`)),
  );
  // Nobody writes more items than there may be.
  const most = schema.maxItems;
  if (schema.additionalItems === undefined && typeof most === "number" && most <= items.value.length) {
    schema.additionalItems = false;
  }
}

function copyAlternatives(
  context: Context,
  node: JsonNode,
  place: Place | undefined,
  schema: Record<string, unknown>,
): void {
  for (const keyword of ["oneOf", "anyOf"]) {
    const list = node.at(keyword);
    if (!Array.isArray(list?.value)) continue;
    schema[keyword] = [...list.entries()].map(([key, one]) =>
      nested(context, one, place && below(place, variantName(one, Number(key)))),
    );
  }
  const parts = node.at("allOf");
  if (!Array.isArray(parts?.value)) return;
  // The parts of one object are no types of their own.
  schema.allOf = [...parts.entries()].map(([, one]) =>
    referenceOf(one.value) === undefined ? body(context, one, place) : nested(context, one, place),
  );
}

/** Keywords that describe a value and check nothing. */
const isRemark = (key: string): boolean =>
  /^(x-.*|title|description|deprecated|examples?|default|\$comment|readOnly|writeOnly|externalDocs|xml)$/.test(key);

function each(node: JsonNode, convert: (name: string, one: JsonNode) => unknown): object {
  const converted = {};
  for (const [name, one] of node.entries()) setMember(converted, name, convert(name, one));
  return converted;
}

function below(place: Place | undefined, name: string): Place | undefined {
  const key = typeName(name) || "Member";
  return place && step(place, place.path + key, key);
}

const step = ({ owner, full }: Place, path: string, key: string): Place => ({ owner, path, full: `${full}_${key}` });

/** What tells one alternative from the others: a constant, its title, else its number. */
function variantName(node: JsonNode, index: number): string {
  const properties = node.at("properties");
  for (const [, property] of properties?.entries() ?? []) {
    const values = member(property.value, "enum");
    const only =
      member(property.value, "const") ?? (Array.isArray(values) && values.length === 1 ? values[0] : undefined);
    if (typeof only === "string" && typeName(only) !== "") return typeName(only);
  }
  return typeName(node.string("title") ?? "") || `Option${index + 1}`;
}

function deservesName({ value }: JsonNode): boolean {
  if (!isObject(value)) return false;
  const properties = member(value, "properties");
  if (isObject(properties) && Object.keys(properties).length > 0) return true;
  if (lengthOf(value, "allOf") > 1) return true;
  return ["enum", "oneOf", "anyOf"].some((keyword) => lengthOf(value, keyword) > INLINE_LIMIT);
}

function lengthOf(value: object, keyword: string): number {
  const list = member(value, keyword);
  return Array.isArray(list) ? list.length : 0;
}

/** A schema with no schema inside, so that copying it ends. */
function isLeaf({ value }: JsonNode): boolean {
  return !isObject(value) || Object.values(value).every((one) => typeof one !== "object" || one === null);
}

/** Whether the author gave the schema a name by putting it there. */
function isNamedPlace(node: JsonNode): boolean {
  const parent = node.pointer.slice(0, node.pointer.lastIndexOf("/"));
  return node.pointer === "" || /^(definitions|\$defs|schemas)$/.test(lastKey(parent));
}

/** Whether a converted schema allows nothing but null: a payload that is none. */
export function isNullSchema(schema: SchemaNode | undefined): boolean {
  if (typeof schema !== "object") return false;
  const { type }: SchemaObject = schema;
  return type === "null" || (Array.isArray(type) && type.length === 1 && type[0] === "null");
}
