/**
 * The one reading of patterns, for the generator, the validators, the conversions and the docs. JSON Schema's patterns are
 * ECMAScript's with the flag `u`; many documents have patterns that JavaScript reads only without it.
 */

const known = new Map<string, string | undefined>();

/**
 * The pattern in a form that `new RegExp(pattern, "u")` takes: as it is where that works, else with the escapes and
 * braces that only the flag forbids put in other words. Undefined where there is no such form.
 * @example unicodePattern("^\\d{4}\\-\\d{2}$") // "^\\d{4}-\\d{2}$"
 */
export function unicodePattern(pattern: string): string | undefined {
  if (!known.has(pattern)) {
    // A program meets as many patterns as its contracts have; a tool that reads contracts for days may meet more.
    if (known.size > 10_000) known.clear();
    known.set(pattern, [pattern, tightened(pattern)].find(isValid));
  }
  return known.get(pattern);
}

/**
 * Whether a text has a match of the pattern somewhere.
 * @throws SyntaxError where the pattern cannot be read: see {@link unicodePattern}
 */
export function patternMatcher(pattern: string): (text: string) => boolean {
  const expression = new RegExp(unicodePattern(pattern) ?? pattern, "u");
  return (text) => expression.test(text);
}

function isValid(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** Characters that may be escaped whatever the flags. */
const SYNTAX = "^$\\.*+?()[]{}|/";

/** What JavaScript reads without the flag `u` (ECMA-262, annex B.1.2), in words that it reads with it. */
function tightened(pattern: string): string {
  let result = "";
  let inClass = false;
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const part = /^\\./su.exec(rest) ? escapeIn(rest) : String.fromCodePoint(rest.codePointAt(0) ?? 0);
    at += part.length;
    if (part.startsWith("\\")) result += escapeFor(part, inClass);
    else if (inClass && part === "]") {
      inClass = false;
      result += part;
    } else if (inClass) result += part === "-" && isLooseHyphen(result, pattern.slice(at)) ? "\\-" : part;
    else if (part === "[") {
      inClass = true;
      result += part;
    } else if (part === "{" && /^\{\d+(,\d*)?\}/.test(rest)) {
      const quantifier = rest.slice(0, rest.indexOf("}") + 1);
      result += quantifier;
      at += quantifier.length - 1;
    } else result += "{}]".includes(part) ? `\\${part}` : part;
  }
  return result;
}

/** The escape at the start of a text, whole. */
function escapeIn(text: string): string {
  const whole = /^\\(?:x[\da-f]{2}|u[\da-f]{4}|u\{[\da-f]+\}|c[a-z]|[pP]\{[\w=]+\}|k<[^>]+>|0(?!\d)|[1-9]\d*)/iu.exec(
    text,
  )?.[0];
  return whole ?? text.slice(0, 1 + String.fromCodePoint(text.codePointAt(1) ?? 0).length);
}

function escapeFor(part: string, inClass: boolean): string {
  const character = part.slice(1);
  if (part.length > 2 && character.length > 1 && !/^[\ud800-\udbff]/.test(character)) return part;
  const isKnown =
    SYNTAX.includes(character) || /[dDwWsSfnrtv\d]/.test(character) || (!inClass && /[bB]/.test(character));
  if (isKnown || (inClass && (character === "-" || character === "b"))) return part;
  return character;
}

/** `[\w-.]`: a hyphen beside a class of characters is a character. */
const isLooseHyphen = (before: string, after: string): boolean =>
  /\\(?:[dDwWsS]|[pP]\{[^}]*\})$/.test(before) || /^\\[dDwWsSpP]/.test(after);
