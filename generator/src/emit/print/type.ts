import type { SchemaNode, SchemaObject } from "../../contract/contract.js";
import { references } from "../references.js";
import { choice, type Doc, group, indent, join, line, print, softline } from "./layout.js";
import { literal, propertyName } from "./literal.js";

/** How the values of a format appear in TypeScript. */
export interface TypeOptions {
  readonly dateTime: "string" | "Date";
  readonly int64: "number" | "bigint";
  /** Types that contain themselves: an alias of such a one may stand in an index signature, but not in `Record`. */
  readonly recursive: ReadonlySet<string>;
}

/** A TypeScript type, and how tightly it holds together: what stands around it may need parentheses. */
interface Expression {
  readonly doc: Doc;
  readonly kind: "atom" | "union" | "intersection";
  /** Of a union: its members, none of which is a union. */
  readonly members?: readonly Expression[];
}

const atom = (doc: Doc): Expression => ({ doc, kind: "atom" });
const unknown = atom("unknown");
const never = atom("never");

/**
 * The type of the values that a schema accepts, or a wider one where TypeScript cannot say it: `not`, `if`, ranges and
 * patterns are left to validation. Where the schema says nothing the type is `unknown`.
 */
export const typeOf = (node: SchemaNode, options: TypeOptions): Doc => expression(node, options).doc;

/** Whether the schema is an object with named members and nothing else, which an interface can say. */
export function isInterface(node: SchemaNode): node is SchemaObject {
  if (typeof node === "boolean" || node.$ref || node.oneOf || node.anyOf || node.allOf || node.enum) return false;
  return node.const === undefined && isObject(node) && memberNames(node).length > 0;
}

/** The names of the members, in the order of the document; those that are only required come last. */
export function memberNames(node: SchemaObject): readonly string[] {
  return [...new Set([...Object.keys(node.properties ?? {}), ...(node.required ?? [])])];
}

/** What an index signature of these members says, if the schema constrains members it does not name. */
export function indexType(node: SchemaObject, options: TypeOptions): Doc | undefined {
  const others = otherMembers(node);
  if (others.length === 0) return undefined;
  const type = union(others.map((one) => expression(one, options))).doc;
  // A named member of another type, or one that may be absent, would contradict the signature.
  const same = memberNames(node).every(
    (name) => node.required?.includes(name) && print(typeOf(property(node, name), options)) === print(type),
  );
  return same ? type : "unknown";
}

export const property = (node: SchemaObject, name: string): SchemaNode =>
  Object.hasOwn(node.properties ?? {}, name) ? (node.properties?.[name] ?? true) : true;

function otherMembers(node: SchemaObject): readonly SchemaNode[] {
  const patterns = Object.values(node.patternProperties ?? {});
  const { additionalProperties: additional } = node;
  const said = additional !== undefined && typeof additional !== "boolean";
  // Patterns alone leave every other member open.
  if (patterns.length > 0 && additional === undefined) return [true];
  return [...patterns, ...(said ? [additional] : [])];
}

function isObject(node: SchemaObject): boolean {
  if (node.type !== undefined) return node.type === "object";
  return (
    Boolean(node.properties ?? node.required ?? node.patternProperties) || typeof node.additionalProperties === "object"
  );
}

function expression(node: SchemaNode, options: TypeOptions): Expression {
  if (node === true) return unknown;
  if (node === false) return never;
  if (node.$ref !== undefined) return atom(node.$ref);
  if (node.const !== undefined) return literalType(node.const);
  if (node.enum) return union(node.enum.map(literalType));
  const parts = [plain(node, options)];
  for (const branches of [node.oneOf, node.anyOf]) {
    if (branches?.length) parts.push(union(branches.map((one) => expression(one, options))));
  }
  parts.push(...(node.allOf ?? []).map((one) => expression(one, options)));
  return intersection(parts);
}

function plain(node: SchemaObject, options: TypeOptions): Expression {
  if (Array.isArray(node.type)) return union(node.type.map((type) => plain({ ...node, type }, options)));
  if (isObject(node)) return objectType(node, options);
  switch (node.type) {
    case "null":
    case "boolean":
      return atom(node.type);
    case "integer":
    case "number":
      return atom(node.format === "int64" ? options.int64 : "number");
    case "string":
      return atom(node.format === "date-time" ? options.dateTime : "string");
    case "array":
      return atom(arrayType(node, options));
    default:
      return unknown;
  }
}

function objectType(node: SchemaObject, options: TypeOptions): Expression {
  const names = memberNames(node);
  if (names.length === 0) {
    if (node.additionalProperties === false && !node.patternProperties) return atom("Record<string, never>");
    const others = otherMembers(node);
    const type = union((others.length > 0 ? others : [true]).map((one) => expression(one, options))).doc;
    const recursive = references(node).some((name) => options.recursive.has(name));
    return atom(recursive ? ["{ [key: string]: ", type, " }"] : ["Record<string, ", type, ">"]);
  }
  const members = names.map((name): Doc => {
    const optional = node.required?.includes(name) ? "" : "?";
    return [propertyName(name), optional, ": ", typeOf(property(node, name), options)];
  });
  const index = indexType(node, options);
  if (index) members.push(["[key: string]: ", index]);
  return atom(group(["{", indent([line, join([";", line], members)]), choice(";"), line, "}"]));
}

function arrayType(node: SchemaObject, options: TypeOptions): Doc {
  if (!Array.isArray(node.items)) {
    const item = expression((node.items as SchemaNode | undefined) ?? true, options);
    return item.kind === "atom" ? [item.doc, "[]"] : [group(["(", indent([softline, item.doc]), softline, ")"]), "[]"];
  }
  const required = node.minItems ?? 0;
  const items = node.items.map((item: SchemaNode, index): Doc => {
    const { doc, kind } = expression(item, options);
    if (index < required) return doc;
    return kind === "atom" ? [doc, "?"] : ["(", doc, ")?"];
  });
  if (node.additionalItems !== false) items.push(["...", arrayType({ items: node.additionalItems ?? true }, options)]);
  return group(["[", indent([softline, join([",", line], items)]), choice(","), softline, "]"]);
}

function literalType(value: unknown): Expression {
  if (Array.isArray(value)) {
    return atom([
      "[",
      join(
        ", ",
        value.map((one) => literalType(one).doc),
      ),
      "]",
    ]);
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, one]): Doc => [propertyName(name), ": ", literalType(one).doc]);
    return atom(members.length > 0 ? ["{ ", join("; ", members), " }"] : "Record<string, never>");
  }
  return atom(literal(value));
}

function union(members: readonly Expression[]): Expression {
  // A union inside a union is printed as one: each has bars of its own where it does not fit on a line.
  const flat = members.flatMap((one) => one.members ?? [one]);
  const parts = distinct(flat.filter((one) => one !== never));
  if (parts.includes(unknown)) return unknown;
  const [first] = parts;
  if (!first) return never;
  if (parts.length === 1) return first;
  const docs = parts.map(({ doc, kind }): Doc => (kind === "intersection" ? ["(", doc, ")"] : doc));
  return { doc: group(indent([choice([softline, "| "]), join([line, "| "], docs)])), kind: "union", members: parts };
}

function intersection(members: readonly Expression[]): Expression {
  if (members.includes(never)) return never;
  const parts = distinct(members.filter((one) => one !== unknown));
  const [first] = parts;
  if (!first) return unknown;
  if (parts.length === 1) return first;
  const docs = parts.map(({ doc, kind }): Doc => (kind === "union" ? ["(", doc, ")"] : doc));
  return { doc: join(" & ", docs), kind: "intersection" };
}

function distinct(members: readonly Expression[]): readonly Expression[] {
  return [...new Map(members.map((one) => [print(one.doc), one])).values()];
}
