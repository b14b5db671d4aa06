/** What every store does with the JSON of a saga before it is written. */
import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";
import type { SagaRow } from "./saga-store.js";

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

/** The most JSON that a saga may carry on its way forward, in bytes of UTF-8. */
export const maxStateBytes = 1_048_576;

/**
 * The most that it may carry from the moment on when it turns back, or stops: undoing a step adds to its record, and what
 * fitted on the way forward must be undoable.
 */
export const maxStateBytesBack = 4_194_304;

/**
 * The state of a saga as JSON text.
 * @throws SagaspecError `invalid-usage` when it is no JSON, or more than {@link maxStateBytes}, on the way back
 * {@link maxStateBytesBack}
 */
export function stateText(row: Pick<SagaRow, "id" | "type" | "status" | "state">): string {
  const text = jsonText(row.state, `saga ${row.type} ${row.id}`);
  const bytes = Buffer.byteLength(text);
  // What would be too much on the way is too much at its end.
  const isForward = row.status === "running" || row.status === "completed";
  const most = isForward ? maxStateBytes : maxStateBytesBack;
  if (bytes <= most) return text;
  throw new SagaspecError(
    "invalid-usage",
    `saga ${row.type} ${row.id}: its state has grown to ${bytes} bytes, ${most} are allowed; ` +
      "keep large data elsewhere, and its address in the saga",
  );
}

/** @throws SagaspecError `invalid-usage` naming `subject`, for a value that JSON cannot carry. */
export function jsonText(value: unknown, subject: string): string {
  try {
    return plainText(value);
  } catch (cause) {
    throw new SagaspecError("invalid-usage", `${subject}: its data is no JSON; use plain objects, without cycles`, {
      cause,
    });
  }
}

// An integer that no JSON number holds: `{ "~bigint": "9223372036854775807" }` in the text.
const bigintName = "~bigint";

function plainText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    // A replacer makes every text slow: only what holds a bigint pays for it.
    const tagged = (_: string, one: unknown) => (typeof one === "bigint" ? { [bigintName]: `${one}` } : one);
    if (error instanceof TypeError && error.message.includes("BigInt")) return JSON.stringify(value, tagged);
    throw error;
  }
}

/** Reads what {@link jsonText} wrote. */
export function parseJsonText(text: string): Json {
  if (!text.includes(bigintName)) return JSON.parse(text);
  return JSON.parse(text, (_, one) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    const [name, ...others] = Object.keys(one);
    const digits = one[bigintName];
    const isTag = name === bigintName && others.length === 0 && typeof digits === "string" && /^-?\d+$/.test(digits);
    return isTag ? BigInt(digits) : one;
  });
}
