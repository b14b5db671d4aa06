/** The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a quoted string; many send it bare. */
import { createHash } from "node:crypto";

const longest = 255;

/** The value of the header for a message id. An id that no header can carry, or that is long, is hashed. */
export function writeIdempotencyKey(id: string, form: "quoted" | "bare"): string {
  const isPlain = /^[\x20-\x7e]+$/.test(id) && id.length <= longest && id.trim() === id;
  const key = isPlain ? id : createHash("sha256").update(id).digest("hex");
  return form === "bare" ? key : `"${key.replace(/["\\]/g, "\\$&")}"`;
}

/** The key that the header carries, in either form; undefined for what is none. */
export function readIdempotencyKey(value: string): string | undefined {
  const text = value.trim();
  if (!text.startsWith('"')) return text.length > 0 && text.length <= longest ? text : undefined;
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"\s*(?:;.*)?$/.exec(text)?.[1];
  const key = quoted?.replace(/\\(["\\])/g, "$1");
  return key !== undefined && key.length > 0 && key.length <= longest ? key : undefined;
}
