import { choice, type Doc, group, indent, join, line, softline } from "./layout.js";

/** Code in the place of a value: `code("TicketIdSchema")`. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export const code = (text: string): Code => new Code(text);

const identifier = /^[A-Za-z_$][\w$]*$/;

export const isIdentifier = (text: string): boolean => identifier.test(text);

// Line terminators that JSON allows, and direction marks that make code look like other code.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeUnsafe = (text: string): string =>
  text.replace(unsafe, (mark) =>
    Array.from({ length: mark.length }, (_, unit) => `\\u${mark.charCodeAt(unit).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );

/** A string literal, in the quotes that need fewer escapes. */
export function quote(text: string): string {
  const json = escapeUnsafe(JSON.stringify(text));
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  if (doubles <= singles) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A key of an object type: bare where it may be. */
export const propertyName = (name: string): string => (isIdentifier(name) ? name : quote(name));

// In an object literal `__proto__: ...` sets the prototype instead of a member.
const literalKey = (name: string): string => (name === "__proto__" ? '["__proto__"]' : propertyName(name));

/** Groups the digits of long whole numbers: `30_000`. */
export function numeral(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) < 1000 || Math.abs(value) >= 1e15) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, "_");
}

/**
 * A TypeScript literal of a plain value: what JSON has, bigint, and {@link Code}. Members that are `undefined` are left out.
 * `spread` puts each member of the outermost object on a line of its own.
 */
export function literal(value: unknown, spread = false): Doc {
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  if (Array.isArray(value)) return arrayLiteral(value);
  if (typeof value === "object" && value !== null) return objectLiteral(value, spread);
  return String(value ?? null);
}

function arrayLiteral(items: readonly unknown[]): Doc {
  if (items.length === 0) return "[]";
  const tall = items.length > 1 && (items.every(isWideObject) || items.every(isWideArray));
  return group(
    [
      "[",
      indent([
        softline,
        join(
          [",", line],
          items.map((item) => literal(item)),
        ),
      ]),
      choice(","),
      softline,
      "]",
    ],
    tall,
  );
}

const isWideObject = (item: unknown): boolean =>
  typeof item === "object" && item !== null && !Array.isArray(item) && Object.keys(item).length > 1;

const isWideArray = (item: unknown): boolean => Array.isArray(item) && item.length > 1;

function objectLiteral(value: object, spread: boolean): Doc {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return "{}";
  const printed = members.map(([name, member]): Doc => {
    if (member instanceof Code && member.text === name) return name;
    return [literalKey(name), ": ", literal(member)];
  });
  return group(["{", indent([line, join([",", line], printed)]), choice(","), line, "}"], spread);
}
