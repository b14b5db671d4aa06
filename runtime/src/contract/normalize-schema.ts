/** Draft-07 as the compiler needs it: the same verdicts, in the words that it understands. */

import { isMultipleOf } from "./decimal.js";
import { unicodePattern } from "./pattern.js";

export type JsonSchema = { readonly [keyword: string]: unknown };

const subschemas = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "else",
  "if",
  "not",
  "propertyNames",
  "then",
]);
const many = new Set(["allOf", "anyOf", "oneOf"]);
const named = new Set(["dependencies", "patternProperties", "properties"]);
// Words of later drafts, which draft-07 ignores and the compiler would not.
const foreign = new Set([
  "$dynamicRef",
  "$id",
  "$recursiveRef",
  "dependentRequired",
  "dependentSchemas",
  "maxContains",
  "minContains",
  "prefixItems",
  "unevaluatedItems",
  "unevaluatedProperties",
]);

/**
 * A schema and everything that it holds as one document: subschemas with `definitions` of their own keep them apart from
 * those of others, `nullable` and boolean `exclusiveMinimum` are put in draft-07's words, formats that the compiler
 * does not check become constraints.
 */
export function normalSchema(root: JsonSchema): JsonSchema {
  const definitions: { [name: string]: unknown } = {};
  const prefixes = new Map<object, string>();

  function normal(schema: unknown, scope: JsonSchema): unknown {
    if (typeof schema !== "object" || schema === null) return schema;
    const node = schema as JsonSchema;
    const inner = "definitions" in node || "$defs" in node || node === root ? node : scope;
    if (inner !== scope || node === root) adopt(inner);
    const result: { [keyword: string]: unknown } = {};
    for (const [keyword, value] of Object.entries(node)) {
      if (keyword === "$ref") result.$ref = reference(String(value), inner);
      else if (subschemas.has(keyword)) result[keyword] = normal(value, inner);
      else if (many.has(keyword)) result[keyword] = (value as unknown[]).map((part) => normal(part, inner));
      else if (keyword === "items") result.items = each(value, inner);
      else if (keyword === "patternProperties") result[keyword] = patterns(members(value as JsonSchema, inner));
      else if (named.has(keyword)) result[keyword] = members(value as JsonSchema, inner);
      else if (keyword === "pattern") result.pattern = unicodePattern(String(value)) ?? String(value);
      else if (keyword !== "definitions" && keyword !== "$defs" && !foreign.has(keyword)) result[keyword] = value;
    }
    return inWordsOfDraft07(result);
  }

  function each(value: unknown, scope: JsonSchema): unknown {
    return Array.isArray(value) ? value.map((part) => normal(part, scope)) : normal(value, scope);
  }

  function members(value: JsonSchema, scope: JsonSchema): JsonSchema {
    const entries = Object.entries(value);
    // `dependencies` may list names instead of a schema.
    return Object.fromEntries(entries.map(([key, part]) => [key, Array.isArray(part) ? part : normal(part, scope)]));
  }

  function adopt(scope: JsonSchema): void {
    if (prefixes.has(scope)) return;
    const prefix = `${prefixes.size}`;
    prefixes.set(scope, prefix);
    for (const group of ["definitions", "$defs"]) {
      const own = Object.entries((scope[group] ?? {}) as JsonSchema);
      for (const [name, part] of own) definitions[`${prefix}-${name}`] = normal(part, scope);
    }
  }

  function reference(text: string, scope: JsonSchema): string {
    const name = /^#\/(?:definitions|\$defs)\/([^/]+)$/.exec(text)?.[1];
    if (name !== undefined) return `#/definitions/${prefixes.get(scope)}-${name}`;
    if (text !== "#" || scope === root) return text;
    const self = `${prefixes.get(scope)}-`;
    if (!(self in definitions)) {
      definitions[self] = true;
      definitions[self] = normal(scope, scope);
    }
    return `#/definitions/${self}`;
  }

  const result = normal(root, root) as JsonSchema;
  return Object.keys(definitions).length === 0 ? result : { ...result, definitions };
}

/** Two patterns may be the same one, written in two ways. */
function patterns(schemas: JsonSchema): JsonSchema {
  const result = new Map<string, unknown>();
  for (const [pattern, schema] of Object.entries(schemas)) {
    const read = unicodePattern(pattern) ?? pattern;
    result.set(read, result.has(read) ? { allOf: [result.get(read), schema] } : schema);
  }
  return Object.fromEntries(result);
}

const int32 = { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const numeric: { readonly [format: string]: JsonSchema } = { int32, int64: { type: "integer" } };
// The compiler knows no base64, and takes an address at a bare host name.
const base64 = { pattern: "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$" };

const textual: { readonly [format: string]: JsonSchema } = { byte: base64, email: { pattern: "@[^@]+\\.[^.@]+$" } };

// Peers validate with Ajv, whose formats leave these four alone: a message that they send must not be refused here.
const unchecked = new Set(["idn-email", "idn-hostname", "iri", "iri-reference"]);

function inWordsOfDraft07(schema: { [keyword: string]: unknown }): JsonSchema {
  if (unchecked.has(String(schema.format))) delete schema.format;
  for (const [exclusive, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof schema[exclusive] !== "boolean") continue;
    if (schema[exclusive] && limit in schema) {
      schema[exclusive] = schema[limit];
      delete schema[limit];
    } else delete schema[exclusive];
  }
  const number = typeof schema.format === "string" ? numeric[schema.format] : undefined;
  if (number) addAll(schema, { anyOf: [{ not: { type: "number" } }, number] });
  const text = typeof schema.format === "string" ? textual[schema.format] : undefined;
  if (text) addAll(schema, text);
  if (schema.nullable !== true || schema.type === undefined) return schema;
  const { nullable: _, ...rest } = schema;
  const types = [schema.type].flat();
  return { ...rest, type: types.includes("null") ? types : [...types, "null"] };
}

function addAll(schema: { [keyword: string]: unknown }, constraint: JsonSchema): void {
  schema.allOf = [...((schema.allOf as unknown[] | undefined) ?? []), constraint];
}

/** Names that the compiler would find in every object, because it looks for some members with `in`. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * A normal schema with what the compiler gets wrong put into words that it gets right: members with the names of
 * inherited ones, and multiples of decimal fractions, which it works out in binary and with a tolerance.
 */
export function compilerSchema(normal: JsonSchema): JsonSchema {
  const each = (value: unknown): unknown => (Array.isArray(value) ? value.map(each) : one(value));
  const members = (value: unknown): JsonSchema =>
    Object.fromEntries(Object.entries(value as JsonSchema).map(([name, part]) => [name, each(part)]));
  const one = (schema: unknown): unknown => {
    if (typeof schema !== "object" || schema === null) return schema;
    const result: { [keyword: string]: unknown } = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (subschemas.has(keyword) || many.has(keyword) || keyword === "items") result[keyword] = each(value);
      else if (named.has(keyword) || keyword === "definitions") result[keyword] = members(value);
      else result[keyword] = value;
    }
    ownMembersOnly(result);
    if (typeof result.multipleOf === "number") {
      const step = result.multipleOf;
      delete result.multipleOf;
      const check = (value: unknown): boolean =>
        (typeof value !== "number" && typeof value !== "bigint") || isMultipleOf(value, step);
      refine(result, check, `must be multiple of ${step}`);
    }
    return result;
  };
  return one(normal) as JsonSchema;
}

function ownMembersOnly(schema: { [keyword: string]: unknown }): void {
  const { required, properties, dependencies } = schema as {
    readonly required?: readonly string[];
    readonly properties?: JsonSchema;
    readonly dependencies?: JsonSchema;
  };
  const needed = Array.isArray(required) ? required.filter((name) => inherited.has(name)) : [];
  if (needed.length > 0) {
    schema.required = required?.filter((name) => !inherited.has(name));
    refine(schema, hasOwn(needed), `must have ${needed.map((name) => JSON.stringify(name)).join(", ")}`);
  }
  const declared = Object.keys(properties ?? {}).filter((name) => inherited.has(name));
  if (declared.length > 0) {
    // A pattern is matched with own members only.
    const matched: { [pattern: string]: unknown } = { ...(schema.patternProperties as JsonSchema | undefined) };
    for (const name of declared) {
      const pattern = `^${name}$`;
      matched[pattern] = pattern in matched ? { allOf: [matched[pattern], properties?.[name]] } : properties?.[name];
    }
    schema.patternProperties = matched;
    schema.properties = without(properties ?? {}, declared);
  }
  const depended = Object.keys(dependencies ?? {}).filter((name) => inherited.has(name));
  for (const name of depended) {
    const needs = dependencies?.[name];
    const absent = { "~refine": [{ check: (value: unknown) => !hasOwn([name])(value, false), error: () => "" }] };
    const present = { ...(Array.isArray(needs) ? { required: needs } : { allOf: [needs] }) };
    ownMembersOnly(present);
    addAll(schema, { anyOf: [absent, present] });
  }
  if (depended.length > 0) schema.dependencies = without(dependencies ?? {}, depended);
}

const without = (members: JsonSchema, names: readonly string[]): JsonSchema =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));

/** `otherwise` is what is said of values that have no members. */
const hasOwn =
  (names: readonly string[]) =>
  (value: unknown, otherwise = true): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? names.every((name) => Object.hasOwn(value, name))
      : otherwise;

function refine(schema: { [keyword: string]: unknown }, test: (value: unknown) => boolean, message: string): void {
  const check = (value: unknown): boolean => test(value);
  const known = (schema["~refine"] as readonly unknown[] | undefined) ?? [];
  schema["~refine"] = [...known, { check, error: () => message }];
}
