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
