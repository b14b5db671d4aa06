import { isDeepStrictEqual } from "node:util";
import { patternMatcher } from "@sagaspec/runtime/schema";
import type { SchemaNode, SchemaObject } from "../../contract/contract.js";
import type { Scope } from "./scope.js";

/** A schema without `$ref`, `const` (it is an `enum` of one) and, as far as can be, `allOf`. */
export type FlatSchema = SchemaObject;

const maxNesting = 24;

/**
 * One object for a schema and all that it inherits by `allOf`. What cannot be merged stays in `allOf`.
 * `false` when nothing can satisfy it.
 */
export function flatten(node: SchemaNode, scope: Scope, nesting = 0): FlatSchema | false {
  const found = scope.resolve(node);
  if (typeof found === "boolean") return found ? {} : false;
  const { const: constant, allOf = [], ...own } = found;
  let shape: FlatSchema = "const" in found ? { ...own, enum: [constant] } : own;
  for (const part of nesting < maxNesting ? allOf : []) {
    const other = flatten(part, scope, nesting + 1);
    if (other === false) return false;
    shape = merge(shape, other);
  }
  return shape;
}

/** The alternatives of a union, each once and with what stands beside the union; the schema itself where it is none. */
export function alternatives(node: SchemaNode, scope: Scope, seen: Set<unknown> = new Set()): SchemaNode[] {
  const identity = typeof node === "object" ? (node.$ref ?? node) : node;
  const shape = flatten(node, scope);
  if (shape === false || seen.has(identity)) return [];
  seen.add(identity);
  const union = shape.oneOf ?? shape.anyOf;
  if (!union) return [node];
  const { [shape.oneOf ? "oneOf" : "anyOf"]: _, ...beside } = shape;
  const bare = Object.keys(beside).every((keyword) => annotations.has(keyword));
  if (bare) return union.flatMap((part) => alternatives(part, scope, seen));
  return union.flatMap((part) => {
    const name = typeof part === "object" ? part.$ref : undefined;
    if (name !== undefined && seen.has(name)) return [];
    seen.add(name ?? part);
    return alternatives({ allOf: [beside, part] }, scope, seen);
  });
}

/** The values of an `enum` and the types of a list, one by one. */
export function split(node: SchemaNode, scope: Scope): SchemaNode[] {
  const shape = flatten(node, scope);
  if (shape === false) return [];
  if (shape.enum && shape.enum.length > 1) return shape.enum.map((value) => ({ ...shape, enum: [value] }));
  if (Array.isArray(shape.type) && shape.type.length > 1) return shape.type.map((type) => ({ ...shape, type }));
  return [node];
}

/** The text of a schema with its references followed, without annotations: equal for schemas that mean the same. */
export function canonical(node: unknown, scope: Scope, open: readonly string[] = []): string {
  if (Array.isArray(node)) return `[${node.map((one) => canonical(one, scope, open)).join()}]`;
  if (typeof node !== "object" || node === null) return JSON.stringify(node) ?? "";
  if ("$ref" in node && typeof node.$ref === "string") {
    const back = open.indexOf(node.$ref);
    // A recursive reference is told by how far it reaches, so that a new name changes nothing.
    return back >= 0
      ? `^${open.length - back}`
      : canonical(scope.resolve({ $ref: node.$ref }), scope, [...open, node.$ref]);
  }
  const keys = Object.keys(node).filter((key) => !annotations.has(key) && !key.startsWith("x-"));
  return `{${keys.sort().map((key) => `${JSON.stringify(key)}:${canonical(Reflect.get(node, key), scope, open)}`)}}`;
}

/** Words about a schema that refuse no value. */
export const annotations: ReadonlySet<string> = new Set([
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "discriminator"],
]);

/** Both schemas at once. */
function merge(a: FlatSchema, b: FlatSchema): FlatSchema {
  const merged: Record<string, unknown> = { ...a };
  const rest: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(b)) {
    const mine = Reflect.get(a, keyword);
    if (objectKeywords.has(keyword)) continue;
    if (mine === undefined || isDeepStrictEqual(mine, value)) merged[keyword] = value;
    else if (Object.hasOwn(combine, keyword)) merged[keyword] = combine[keyword]?.(mine, value);
    else if (keyword === "items" && !Array.isArray(mine) && !Array.isArray(value))
      merged.items = { allOf: [mine, value] };
    else if (!annotations.has(keyword) && !keyword.startsWith("x-")) rest[keyword] = value;
  }
  if (Object.keys(b).some((keyword) => objectKeywords.has(keyword))) Object.assign(merged, mergeFields(a, b));
  const left = [...(a.allOf ?? []), ...(b.allOf ?? []), ...(Object.keys(rest).length > 0 ? [rest] : [])];
  return left.length > 0 ? { ...merged, allOf: left } : merged;
}

const objectKeywords = new Set(["properties", "patternProperties", "additionalProperties", "allOf"]);

/** What a schema says of a field: its own schema, a pattern's, or that of all others. `undefined`: nothing. */
export function fieldOf(shape: FlatSchema, name: string): SchemaNode | undefined {
  if (shape.properties && Object.hasOwn(shape.properties, name)) return shape.properties[name];
  for (const [pattern, schema] of Object.entries(shape.patternProperties ?? {})) {
    if (matches(pattern, name)) return schema;
  }
  return shape.additionalProperties === true ? undefined : shape.additionalProperties;
}

/** Whether a text matches an ECMA pattern; an invalid one matches nothing. */
export function matches(pattern: string, text: string): boolean {
  try {
    return patternMatcher(pattern)(text);
  } catch {
    return false;
  }
}

function mergeFields(a: FlatSchema, b: FlatSchema): FlatSchema {
  const names = new Set([...Object.keys(a.properties ?? {}), ...Object.keys(b.properties ?? {})]);
  const properties = Object.fromEntries([...names].map((name) => [name, both(fieldOf(a, name), fieldOf(b, name))]));
  const patternProperties = { ...a.patternProperties };
  for (const [pattern, schema] of Object.entries(b.patternProperties ?? {})) {
    patternProperties[pattern] = both(patternProperties[pattern], schema);
  }
  const open = a.additionalProperties === undefined && b.additionalProperties === undefined;
  return {
    ...(names.size > 0 && { properties }),
    ...(Object.keys(patternProperties).length > 0 && { patternProperties }),
    ...(!open && { additionalProperties: both(a.additionalProperties, b.additionalProperties) }),
  };
}

function both(a: SchemaNode | undefined, b: SchemaNode | undefined): SchemaNode {
  if (a === undefined || a === true || isDeepStrictEqual(a, b)) return b ?? true;
  if (b === undefined || b === true) return a;
  return a === false || b === false ? false : { allOf: [a, b] };
}

const larger = (a: unknown, b: unknown): unknown => Math.max(Number(a), Number(b));
const smaller = (a: unknown, b: unknown): unknown => Math.min(Number(a), Number(b));

const combine: { readonly [keyword: string]: (a: unknown, b: unknown) => unknown } = {
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  uniqueItems: () => true,
  required: (a, b) => [...new Set([...list(a), ...list(b)])],
  type: (a, b) => typeList(a).flatMap((one) => typeList(b).flatMap((other) => narrower(one, other))),
  enum: (a, b) => list(a).filter((one) => list(b).some((other) => isDeepStrictEqual(one, other))),
};

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const typeList = (value: unknown): unknown[] => (typeof value === "string" ? [value] : list(value));

function narrower(a: unknown, b: unknown): unknown[] {
  if (a === b) return [a];
  return (a === "integer" && b === "number") || (a === "number" && b === "integer") ? ["integer"] : [];
}
