/**
 * Names, by one rule: words are what stands between characters that no identifier may hold; each begins with a capital,
 * a member's first with a small letter; a digit in front gets an underscore, a word of the language one behind.
 */

const RESERVED_WORDS = new Set(
  `abstract arguments await boolean break byte case catch char class const continue debugger default delete do double
  else enum eval export extends false final finally float for function goto if implements import in instanceof int
  interface let long native new null package private protected public return short static super switch synchronized
  this throw throws transient true try typeof undefined var void volatile while with yield`.split(/\s+/),
);

/** Members that every object has, or that a promise is recognised by. */
const OBJECT_MEMBERS = new Set(["then", ...Object.getOwnPropertyNames(Object.prototype)]);

/** Types that generated files use, or that a reader takes for the language's own. */
const GLOBAL_TYPES = new Set(
  `any Array ArrayBuffer BigInt bigint Blob boolean Boolean Buffer DataView Date Error Function Generator Infinity Iterable
  Iterator JSON Map Math NaN never null number Number object Object Omit Partial Pick Promise Proxy Readonly
  ReadonlyArray Record Reflect RegExp Required Set string String symbol Symbol Uint8Array undefined unknown URL void WeakMap WeakSet
  Channel Client Contract Handlers Message Request Schema Send`.split(/\s+/),
);

/** `create-ticket` is `CreateTicket`. Empty when there is no letter and no digit in the text. */
export function typeName(text: string): string {
  const name = words(text).map(capitalise).join("");
  return /^\p{Nd}/u.test(name) ? `_${name}` : name;
}

/** `Create ticket` is `createTicket`. Empty when there is no letter and no digit in the text. */
export function memberName(text: string): string {
  const [first = "", ...rest] = words(text);
  const name = [lowerStart(first), ...rest.map(capitalise)].join("");
  if (OBJECT_MEMBERS.has(name)) return `${name}_`;
  return /^\p{Nd}/u.test(name) ? `_${name}` : name;
}

/** A member's name that may also be declared: `delete` is `delete_`. */
export function constName(text: string): string {
  const name = memberName(text);
  return RESERVED_WORDS.has(name) ? `${name}_` : name;
}

/** `Order.lines` holds many: one of them is an `OrderLine`; what has no plural gets `Item` behind it. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/i.test(name) && !/series$/i.test(name)) return `${name.slice(0, -3)}y`;
  if (/(ss|x|ch|sh|tus|bus)es$/i.test(name)) return name.slice(0, -2);
  if (/[^siu]s$/i.test(name) && !/series$/i.test(name) && name.length > 2) return name.slice(0, -1);
  return `${name}Item`;
}

/** Whether no generated type may have this name. */
export function isTakenType(name: string): boolean {
  return GLOBAL_TYPES.has(name);
}

/** The first of `wanted`, then `wanted` with 2, 3, ... behind it, that is free. */
export function numbered(wanted: string, isFree: (name: string) => boolean): string {
  if (isFree(wanted)) return wanted;
  for (let number = 2; ; number++) {
    if (isFree(`${wanted}${number}`)) return `${wanted}${number}`;
  }
}

/** `specs/Common Types.yaml` is `common-types`: one folder name, whatever the text. */
export function folderName(text: string): string {
  return text
    .normalize("NFC")
    .replace(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, "$1-$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
}

function words(text: string): string[] {
  const parts = text.normalize("NFC").match(/[\p{L}\p{M}\p{Nd}\p{Nl}]+/gu) ?? [];
  const valid = parts.map((part) => part.replace(/^\p{M}+/u, "")).filter((part) => part !== "");
  // SHOUTED_WORDS are spoken normally; a single one (URL, IO) is an acronym.
  return valid.length > 1 && valid.every((part) => part === part.toUpperCase())
    ? valid.map((part) => part.toLowerCase())
    : valid;
}

function capitalise(word: string): string {
  const [first = "", ...rest] = word;
  return first.toUpperCase() + rest.join("");
}

/** `HTTPRequest` is `httpRequest`, `URL` is `url`. */
function lowerStart(word: string): string {
  return word.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+(?!\p{Ll})|^\p{Lu}/u, (capitals) => capitals.toLowerCase());
}
