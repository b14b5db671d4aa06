import type { Reporter } from "../contract/diagnostic.js";
import { referenceOf } from "../load/refs/resolve.js";
import { isObject, type JsonObject, member } from "../load/yaml/json.js";
import { JsonNode } from "../load/yaml/json-node.js";

/*
 * Later drafts than draft-07 (2019-09, 2020-12, and OpenAPI 3.1 with it), whether the document names them or not: what
 * draft-07 can say is said in its words, the rest is reported at its place.
 */

/** Keywords that say something of a value where they stand beside a reference. */
const BESIDE_REFERENCE = [
  ...["nullable", "enum", "const", "format", "pattern", "properties", "required", "additionalProperties"],
  ...["patternProperties", "propertyNames", "minProperties", "maxProperties", "items", "prefixItems", "minItems"],
  ...["maxItems", "uniqueItems", "contains", "oneOf", "anyOf", "allOf", "not", "if", "minimum", "maximum"],
  ...["exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "dependencies"],
  ...["dependentRequired", "dependentSchemas", "unevaluatedProperties"],
];

/** Whether a reference is only a part of what the schema says: in later drafts the words beside it count. */
export function hasSiblings(value: unknown): boolean {
  return referenceOf(value) !== undefined && BESIDE_REFERENCE.some((key) => member(value, key) !== undefined);
}

/** The reference alone, and what stands beside it. */
export function withoutSiblings(node: JsonNode): readonly [reference: JsonNode, beside: JsonNode] {
  const { $ref, ...rest } = node.value as JsonObject;
  const part = (value: unknown): JsonNode => new JsonNode(node.source, node.pointer, value);
  return [part({ $ref }), part(rest)];
}

/** Keywords that look into the same value, so that nobody sees in one place what is left over. */
const APPLICATORS = ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"];

/** What `unevaluatedProperties` or `unevaluatedItems` allows, where draft-07 can say it; reported where it cannot. */
export function leftOver(reporter: Reporter, node: JsonNode, keyword: string): JsonNode | undefined {
  const rest = node.at(keyword);
  if (!rest || rest.value === true) return undefined;
  if (!APPLICATORS.some((key) => node.at(key))) return rest;
  const hint = "Close the parts that are no bases of others with `additionalProperties: false`, or leave it out.";
  unsupported(reporter, rest, keyword, hint);
  return undefined;
}

/** Whether one item that `contains` allows is asked for, as draft-07 means it; other numbers are reported. */
export function isContained(reporter: Reporter, node: JsonNode): boolean {
  const [least, most] = [node.at("minContains"), node.at("maxContains")];
  if (!node.at("contains")) return false;
  const hint = "Say it with `minItems`, `maxItems` or `uniqueItems` where that is meant, or check it in the handler.";
  if (most) unsupported(reporter, most, "maxContains", hint);
  if (least && least.value !== 0 && least.value !== 1) unsupported(reporter, least, "minContains", hint);
  return least?.value !== 0;
}

/** Reports references whose target depends on who looks. */
export function reportDynamic(reporter: Reporter, node: JsonNode): void {
  if (!isObject(node.value)) return;
  for (const keyword of ["$dynamicRef", "$recursiveRef"]) {
    const reference = node.at(keyword);
    if (reference) unsupported(reporter, reference, keyword, "Use `$ref` where one schema is meant.");
  }
}

function unsupported(reporter: Reporter, at: JsonNode, keyword: string, hint: string): void {
  const message = `'${keyword}' is not checked here: messages are checked by draft-07, which cannot say this`;
  reporter.warning(at, "unsupported-keyword", message, hint);
}
