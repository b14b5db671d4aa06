import type { Source } from "../files/source.js";
import { isObject, setMember } from "../yaml/json.js";
import { JsonNode } from "../yaml/json-node.js";
import { child, keysOf } from "../yaml/pointer.js";

/**
 * Puts a converted schema where the original stands, so that its parts have places and its references lead somewhere:
 * `#/definitions/X` means the converted schema's own, and an object that contains itself becomes a reference.
 */
export function embed(original: JsonNode, schema: unknown): JsonNode {
  const value = unfold(schema, original.pointer);
  const outer = keysOf(original.pointer).reduceRight<unknown>((inner, key) => {
    const holder = {};
    setMember(holder, key, inner);
    return holder;
  }, value);
  const source: Source = { ...original.source, value: outer };
  return new JsonNode(source, original.pointer, value);
}

function unfold(schema: unknown, base: string): unknown {
  const above = new Map<object, string>();

  const copy = (value: unknown, pointer: string): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const known = above.get(value);
    if (known !== undefined) return { $ref: `#${known}` };
    above.set(value, pointer);
    const copied = Array.isArray(value)
      ? value.map((one, index) => copy(one, child(pointer, index)))
      : copyObject(value, pointer);
    above.delete(value);
    return copied;
  };
  const copyObject = (value: object, pointer: string): object => {
    const copied = {};
    for (const [key, one] of Object.entries(value)) setMember(copied, key, copy(one, child(pointer, key)));
    if (isObject(copied) && typeof copied.$ref === "string" && copied.$ref.startsWith("#")) {
      setMember(copied, "$ref", `#${base}${copied.$ref.slice(1)}`);
    }
    return copied;
  };
  return copy(schema, base);
}
