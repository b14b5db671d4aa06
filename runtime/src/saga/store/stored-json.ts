/** What every store does with the JSON of a saga before it is written. */
import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";

/**
 * Stands between a store and what it writes, e.g. to encrypt it: states, payloads, replies and histories go through it;
 * ids, keys, names and times of sagas do not. Synchronous, and `decode(encode(text)) === text` for every text.
 */
export interface StoreCodec {
  encode(text: string): string;
  decode(stored: string): string;
}

/** Stores the JSON as it is. */
export const plainCodec: StoreCodec = { encode: (text) => text, decode: (stored) => stored };

/** The most JSON that one saga may carry, in bytes of UTF-8. */
export const maxStateBytes = 1_048_576;

/**
 * The state of a saga as JSON text.
 * @throws SagaspecError `invalid-usage` when it is no JSON, or more than {@link maxStateBytes}.
 */
export function stateText(row: { readonly id: string; readonly type: string; readonly state: Json }): string {
  const text = jsonText(row.state, `saga ${row.type} ${row.id}`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxStateBytes) return text;
  throw new SagaspecError(
    "invalid-usage",
    `saga ${row.type} ${row.id}: its state has grown to ${bytes} bytes, ${maxStateBytes} are allowed; ` +
      "keep large data elsewhere, and its address in the saga",
  );
}

/** @throws SagaspecError `invalid-usage` naming `subject`, for a value that JSON cannot carry. */
export function jsonText(value: unknown, subject: string): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    throw new SagaspecError("invalid-usage", `${subject}: its data is no JSON; use plain objects, without cycles`, {
      cause,
    });
  }
}
