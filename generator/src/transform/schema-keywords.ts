import { unicodePattern } from "@sagaspec/runtime/schema";
import type { SchemaNode, SchemaObject } from "../contract/contract.js";
import type { Reporter } from "../contract/diagnostic.js";
import { isObject, member } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
const TEXTS = ["title", "description", "format", "pattern", "contentEncoding", "contentMediaType"] as const;
const FLAGS = ["deprecated", "readOnly", "writeOnly", "uniqueItems"] as const;
const NUMBERS = [
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"],
];

/** Copies what describes a schema without constraining it: texts, examples, default, extensions. */
export function copyAnnotations(node: JsonNode, schema: Record<string, unknown>): void {
  for (const [key, one] of node.entries()) {
    if (key.startsWith("x-") && !key.startsWith("x-parser-")) schema[key] = one.toJSON;
  }
  for (const key of TEXTS) {
    const text = node.string(key);
    if (text !== undefined) schema[key] = text;
  }
  for (const key of FLAGS) if (node.boolean(key)) schema[key] = true;
  const given = node.at("default");
  if (given) schema.default = given.toJSON;
  const examples = node.at("examples");
  // `example` is OpenAPI's word for a single one.
  const example = node.at("example");
  if (Array.isArray(examples?.value)) schema.examples = examples.value;
  else if (example) schema.examples = [example.toJSON];
}

/** Copies the keywords that hold no schemas, in their draft-07 form. */
export function copyConstraints(reporter: Reporter, node: JsonNode, schema: Record<string, unknown>): void {
  const type = readType(reporter, node.at("type"));
  if (type !== undefined) schema.type = type;
  for (const key of NUMBERS) {
    const number = node.at(key)?.value;
    if (typeof number === "number") schema[key] = number;
  }
  // OpenAPI 3.0 and draft 4: a flag that makes the limit exclusive.
  for (const [flag, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (!node.boolean(flag) || schema[limit] === undefined) continue;
    schema[flag] = schema[limit];
    delete schema[limit];
  }
  const values = node.at("enum")?.value;
  if (Array.isArray(values) && values.length > 0) schema.enum = [...new Set<unknown>(values)];
  const pattern = node.at("pattern");
  if (typeof pattern?.value === "string" && !isReadable(reporter, pattern, pattern.value)) delete schema.pattern;
  const only = node.at("const");
  if (only) schema.const = only.toJSON;
  const required = node.at("required")?.value;
  if (Array.isArray(required)) {
    schema.required = [...new Set(required.filter((name): name is string => typeof name === "string"))];
  }
  const discriminator = node.at("discriminator")?.value;
  const property = isObject(discriminator) ? member(discriminator, "propertyName") : discriminator;
  if (typeof property === "string") schema.discriminator = property;
}

/** Whether values can be checked by the pattern; reported at its place where no engine reads it. */
export function isReadable(reporter: Reporter, at: JsonNode, pattern: string): boolean {
  if (unicodePattern(pattern) !== undefined) return true;
  const message = `'${pattern}' is no regular expression that JavaScript reads: nothing is checked by it`;
  const hint =
    "Write it as ECMA-262 has it; flags, `(?i)`, possessive quantifiers and named groups of other languages are none.";
  reporter.warning(at, "unreadable-pattern", message, hint);
  return false;
}

/** OpenAPI's `nullable: true`, said in draft-07. */
export function nullableType(node: JsonNode, schema: Record<string, unknown>): SchemaNode {
  const finished: SchemaObject = schema;
  if (!node.boolean("nullable")) return finished;
  const { type } = finished;
  if (type === undefined) return { anyOf: [finished, { type: "null" }] };
  const types = [...new Set([...(typeof type === "string" ? [type] : type), "null"])];
  const values = finished.enum && !finished.enum.includes(null) ? { enum: [...finished.enum, null] } : {};
  return { ...finished, type: types, ...values };
}

function readType(reporter: Reporter, node: JsonNode | undefined): string | readonly string[] | undefined {
  if (!node) return undefined;
  const isKnown = (name: unknown): name is string => typeof name === "string" && TYPES.includes(name);
  const types: unknown[] = Array.isArray(node.value) ? node.value : [node.value];
  if (types.every(isKnown) && types.length > 0) return Array.isArray(node.value) ? [...new Set(types)] : types[0];
  const hint = `Use one of ${TYPES.join(", ")}.`;
  reporter.error(node, "invalid-schema", `${JSON.stringify(node.value)} is no type of JSON Schema`, hint);
  return undefined;
}
