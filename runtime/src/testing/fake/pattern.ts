import type { Random } from "./random.js";

/** A part of a regular expression, as something that writes a text that matches it. */
type Writer = (random: Random, reach: number, groups: string[]) => string;

const parsed = new Map<string, Writer>();

/**
 * A text that matches a pattern; unbounded repetitions go on for up to `reach` more. Understands alternatives, groups,
 * classes, quantifiers and references; looking around and word ends are left to whoever checks the text.
 */
export function textMatching(pattern: string, random: Random, reach: number): string {
  const writer = parsed.get(pattern) ?? new Parser(pattern).alternatives();
  parsed.set(pattern, writer);
  return writer(random, reach, []);
}

const range = (from: string, to: string): string[] => {
  const [first, last] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  return Array.from({ length: Math.max(0, Math.min(last - first + 1, 512)) }, (_, at) =>
    String.fromCodePoint(first + at),
  );
};

const digits = range("0", "9");
const letters = [...range("a", "z"), ...range("A", "Z")];
const words = [...letters, ...digits, "_"];
const printable = range(" ", "~");
const without = (excluded: readonly string[]): string[] => printable.filter((one) => !excluded.includes(one));

const classes: { readonly [letter: string]: readonly string[] } = {
  d: digits,
  D: without(digits),
  w: words,
  W: without(words),
  s: [" "],
  S: without([" "]),
};
const controls: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", 0: "\0" };

class Parser {
  readonly #text: string;
  #at = 0;
  #groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  alternatives(): Writer {
    const choices = [this.#sequence()];
    while (this.#take("|")) choices.push(this.#sequence());
    return (random, reach, groups) => random.pick(choices)(random, reach, groups);
  }

  #sequence(): Writer {
    const parts: Writer[] = [];
    while (this.#at < this.#text.length && !")|".includes(this.#peek())) parts.push(this.#quantified());
    return (random, reach, groups) => parts.map((part) => part(random, reach, groups)).join("");
  }

  #quantified(): Writer {
    const part = this.#atom();
    const [least, most] = this.#quantifier();
    if (least === 1 && most === 1) return part;
    return (random, reach, groups) => {
      const count = random.between(least, Math.min(most, least + reach));
      return Array.from({ length: count }, () => part(random, reach, groups)).join("");
    };
  }

  #quantifier(): readonly [least: number, most: number] {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#text.slice(this.#at));
    if (!found) return [1, 1];
    this.#at += found[0].length;
    const [sign, least, comma, most] = found;
    if (sign.startsWith("*")) return [0, Number.POSITIVE_INFINITY];
    if (sign.startsWith("+")) return [1, Number.POSITIVE_INFINITY];
    if (sign.startsWith("?")) return [0, 1];
    if (comma === "") return [Number(least), Number(least)];
    return [Number(least), most === "" ? Number.POSITIVE_INFINITY : Number(most)];
  }

  #atom(): Writer {
    const char = this.#next();
    if (char === "(") return this.#group();
    if (char === "[") return oneOf(this.#class());
    if (char === ".") return oneOf(words);
    if (char === "^" || char === "$") return () => "";
    if (char !== "\\") return () => char;
    const letter = this.#peek();
    if (/[bB]/.test(letter)) {
      this.#at += 1;
      return () => "";
    }
    const reference = /^(?:([1-9]\d?)|k<[^>]*>)/.exec(this.#text.slice(this.#at));
    if (reference) {
      this.#at += reference[0].length;
      const group = Number(reference[1] ?? this.#groups);
      return (_, __, groups) => groups[group] ?? "";
    }
    return oneOf(this.#escape());
  }

  #group(): Writer {
    const kind = /^\?(?:[:=!]|<[=!]|<[^>]*>)/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    this.#at += kind.length;
    const captures = kind === "" || /^\?<[^=!]/.test(kind);
    if (captures) this.#groups += 1;
    const index = this.#groups;
    const inner = this.alternatives();
    this.#take(")");
    if (/[=!]$/.test(kind)) return () => "";
    if (!captures) return inner;
    return (random, reach, groups) => {
      const text = inner(random, reach, groups);
      groups[index] = text;
      return text;
    };
  }

  /** The characters of `[...]`, of an excluding one the printable others. */
  #class(): readonly string[] {
    const excludes = this.#take("^");
    const found: string[] = [];
    while (this.#at < this.#text.length && !this.#take("]")) {
      const first = this.#member();
      const [from] = first;
      if (first.length === 1 && from !== undefined && this.#peek() === "-" && this.#text[this.#at + 1] !== "]") {
        this.#at += 1;
        const [to = from] = this.#member();
        found.push(...range(from, to));
      } else found.push(...first);
    }
    return excludes ? without(found) : found;
  }

  #member(): readonly string[] {
    const char = this.#next();
    if (char !== "\\") return [char];
    return this.#take("b") ? ["\b"] : this.#escape();
  }

  #escape(): readonly string[] {
    const code = /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\})/i.exec(this.#text.slice(this.#at));
    if (code) {
      this.#at += code[0].length;
      return [String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? "20", 16))];
    }
    const property = /^([pP])\{([^}]*)\}/.exec(this.#text.slice(this.#at));
    if (property) {
      this.#at += property[0].length;
      const expression = new RegExp(`\\${property[0]}`, "u");
      return [...printable, "é", "ß", "中"].filter((one) => expression.test(one));
    }
    const char = this.#next();
    return classes[char] ?? [controls[char] ?? char];
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #next(): string {
    // A character outside the basic plane takes two places.
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += char.length;
    return char;
  }

  #take(char: string): boolean {
    const there = this.#peek() === char;
    if (there) this.#at += 1;
    return there;
  }
}

const oneOf =
  (choices: readonly string[]): Writer =>
  (random) =>
    choices.length === 0 ? "" : random.pick(choices);
