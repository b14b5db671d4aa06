/** Draft-07 as the compiler needs it: the same verdicts, in the words that it understands. */

export type JsonSchema = { readonly [keyword: string]: unknown };

const one = new Set([
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
      else if (one.has(keyword)) result[keyword] = normal(value, inner);
      else if (many.has(keyword)) result[keyword] = (value as unknown[]).map((part) => normal(part, inner));
      else if (keyword === "items") result.items = each(value, inner);
      else if (named.has(keyword)) result[keyword] = members(value as JsonSchema, inner);
      else if (keyword === "pattern") result.pattern = patternOf(String(value));
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

// Ajv reads patterns with the flag `u`; many documents have patterns that only work without it.
function patternOf(source: string): string | RegExp {
  try {
    new RegExp(source, "u");
    return source;
  } catch {
    return new RegExp(source);
  }
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
