/** How payloads of a content type become bytes, and back. */
export interface Codec {
  /** What the payload is in the program. A schema applies to `json` and `text` only. */
  readonly kind: "json" | "text" | "bytes";
  /** @throws TypeError when the value cannot be written in this content type. */
  encode(payload: unknown): Uint8Array;
  /** @throws SyntaxError or TypeError when the bytes are no such content. */
  decode(body: Uint8Array): unknown;
}

const empty = new Uint8Array(0);

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws TypeError for bytes that are no UTF-8: read all the same, they would be other characters */
function textOf(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  // The sign for what is no text may also stand there as it is.
  return text.includes("\ufffd") ? strict.decode(body) : text;
}

/** What reads a value level by level has a stack for at least as many. */
const deepest = 1_000;
const brackets = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** @throws SyntaxError for JSON that is nested too deep to be checked, converted or kept */
function shallow(text: string): string {
  // Nobody opens more than it has characters for.
  if (text.length <= 2 * deepest) return text;
  let depth = 0;
  for (const [token] of text.matchAll(brackets)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth > deepest) throw new SyntaxError(`it is nested more than ${deepest} levels deep`);
  }
  return text;
}

const json: Codec = {
  kind: "json",
  encode(payload) {
    const text = JSON.stringify(payload);
    if (text === undefined) throw new TypeError("it is no JSON value");
    return Buffer.from(text);
  },
  decode: (body) => (body.byteLength === 0 ? null : JSON.parse(shallow(textOf(body)))),
};

/** JSON in which integers may be bigints. */
export const losslessJson: Codec = {
  kind: "json",
  encode(payload) {
    const text = stringifyLossless(payload);
    if (text === undefined) throw new TypeError("it is no JSON value");
    return Buffer.from(text);
  },
  decode: (body) => (body.byteLength === 0 ? null : parseLossless(shallow(textOf(body)))),
};

const text: Codec = {
  kind: "text",
  encode(payload) {
    if (typeof payload !== "string") throw new TypeError("it is no string");
    return Buffer.from(payload);
  },
  decode: textOf,
};

const bytes: Codec = {
  kind: "bytes",
  encode(payload) {
    if (!(payload instanceof Uint8Array)) throw new TypeError("it is no Uint8Array");
    return payload;
  },
  decode: (body) => body,
};

/** The body of a message without payload. */
export const nothing: Codec = { kind: "bytes", encode: () => empty, decode: () => null };

/** JSON for `application/json` and `+json`, a string for `text/*`, bytes for everything else. */
export function codecFor(contentType: string): Codec {
  const type = (contentType.split(";", 1)[0] as string).trim().toLowerCase();
  if (type === "application/json" || type === "text/json" || type.endsWith("+json")) return json;
  return type.startsWith("text/") ? text : bytes;
}

/** JSON whose integers may be larger than a number can say: those are bigints. */

const mark = "\u0000bigint:";
// A string, or a number: what is inside a string is none.
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const marked = /"\\u0000bigint:(-?\d+)"/g;

/** @throws SyntaxError when the text is no JSON */
export function parseLossless(text: string): unknown {
  const escaped = text.replace(token, (found) =>
    /^-?\d{16,}$/.test(found) && !Number.isSafeInteger(Number(found)) ? JSON.stringify(mark + found) : found,
  );
  return JSON.parse(escaped, (_, value) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Undefined for what is no JSON value. */
export function stringifyLossless(value: unknown): string | undefined {
  const text = JSON.stringify(value, (_, one) => (typeof one === "bigint" ? mark + String(one) : one));
  return text?.replace(marked, "$1");
}
