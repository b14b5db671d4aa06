/** JSON whose integers may be larger than a number can say: in the program those are bigints. */

const mark = "\u0000bigint:";
const marked = /"\\u0000bigint:(-?\d+)"/g;
// A string, or a number: what is inside a string is none.
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** @throws SyntaxError when the text is no JSON */
export function parseJson(text: string): unknown {
  const large = (found: string): boolean => /^-?\d{16,}$/.test(found) && !Number.isSafeInteger(Number(found));
  return JSON.parse(
    text.replace(token, (found) => (large(found) ? JSON.stringify(mark + found) : found)),
    (_, value) => (typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value),
  );
}

/** The value for programs (`indent` 0, one line) or for people. What is no JSON value is `null`. */
export function printJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, (_, one) => (typeof one === "bigint" ? mark + String(one) : one), indent);
  return text?.replace(marked, "$1") ?? "null";
}
