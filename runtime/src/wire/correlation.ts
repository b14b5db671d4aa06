import { createHash } from "node:crypto";
import type { Json } from "../codegen.js";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// The namespace of our name-based UUIDs (RFC 9562, section 5.5): made once, at random, and never to change.
const namespace = Buffer.from("2f6c1f7e0f0b4b8b9d3a5b1c7e94d062", "hex");

/** The UUIDv5 of a text: the same text gives the same UUID, everywhere. */
export function uuidv5(text: string): string {
  const hash = createHash("sha1").update(namespace).update(text).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A correlation id in the form that its place in the contract asks for. An id that has the form already stays as it is;
 * else a UUID or an integer is derived, always the same one for the same id.
 */
export function correlationValue(
  schema: { readonly [keyword: string]: unknown } | undefined,
  correlationId: string,
): Json {
  if (!schema) return correlationId;
  const types = [schema.type].flat();
  if (!types.includes("string") && (types.includes("integer") || types.includes("number"))) {
    const number = Number(correlationId);
    return Number.isSafeInteger(number) ? number : numberFor(schema, correlationId);
  }
  if (schema.format === "uuid") return uuidShape.test(correlationId) ? correlationId : uuidv5(correlationId);
  return correlationId;
}

function numberFor(schema: { readonly [keyword: string]: unknown }, text: string): number {
  const low = typeof schema.minimum === "number" ? Math.ceil(schema.minimum) : 0;
  const largest = schema.format === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const high = typeof schema.maximum === "number" ? Math.min(Math.floor(schema.maximum), largest) : largest;
  const hash = createHash("sha1").update(text).digest().readUIntBE(0, 6);
  return low + (hash % Math.max(1, high - low + 1));
}
