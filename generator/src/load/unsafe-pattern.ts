/** Most steps that a match may take. */
const MAX_STEPS = 1e9;
/** More quantifiers than this seldom meet the same characters. */
const MAX_DEGREE = 4;
/** A group that is repeated more often than this counts as one that is repeated without end. */
const MAX_REPEATS = 4;

/** Characters that stand for all: what two parts share is found by trying these. */
const alphabet: readonly string[] = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), "é", "中"];

type Characters = ReadonlySet<string>;

/** A part of a pattern, as far as it decides how many ways there are to match one text. */
interface Part {
  readonly kind: "character" | "group" | "mark";
  /** Whether there is one way at most to match it from a given place. */
  readonly isFixed: boolean;
  /** Whether there is one way at most to match it again and again, since a character tells where each one ends. */
  readonly isDelimited: boolean;
  /** Whether the ways multiply with each character. */
  readonly isExplosive: boolean;
  readonly characters: Characters;
  readonly first: Characters;
  /** How many quantifiers without an upper limit it holds. */
  readonly degree: number;
}

/**
 * Whether matching a text of this length by a pattern may take for ever: by nested quantifiers, overlapping
 * alternatives, references back, or many quantifiers and a long text. Refuses some that would do.
 */
export function isUnsafePattern(pattern: string, length: number): boolean {
  try {
    new RegExp(pattern, "u");
  } catch {
    return false;
  }
  if (/\\(?:[1-9]|k<)/.test(pattern.replaceAll("\\\\", ""))) return true;
  const whole = new Reading(pattern).alternatives();
  const starts = pattern.startsWith("^") ? 0 : 1;
  return whole.isExplosive || length ** Math.min(whole.degree + starts, MAX_DEGREE) > MAX_STEPS;
}

/** Reads a pattern that is known to be well formed. */
class Reading {
  #rest: string;

  constructor(pattern: string) {
    this.#rest = pattern;
  }

  alternatives(): Part {
    const branches = [this.#sequence()];
    while (this.#take(/^\|/) !== undefined) branches.push(this.#sequence());
    const [only] = branches;
    if (only && branches.length === 1) return only;
    const firsts = branches.flatMap((one) => [...one.first]);
    const isFixed = branches.every((one) => one.isFixed) && new Set(firsts).size === firsts.length;
    return { ...group(branches), isFixed, isDelimited: false, first: new Set(firsts) };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#rest !== "" && !/^[|)]/.test(this.#rest)) parts.push(this.#quantified());
    const isFixed = parts.every((one) => one.isFixed);
    return { ...group(parts), isFixed, isDelimited: isDelimited(parts), first: parts[0]?.first ?? new Set() };
  }

  #quantified(): Part {
    const part = this.#atom();
    const quantifier = this.#take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (quantifier === undefined) return part;
    const [min, max] = limitsOf(quantifier);
    const isEndless = max === Number.POSITIVE_INFINITY;
    const isRisky = part.kind === "group" && max > MAX_REPEATS && !part.isFixed && !part.isDelimited;
    return {
      ...part,
      isFixed: part.isFixed && min === max,
      isDelimited: false,
      isExplosive: part.isExplosive || isRisky,
      degree: part.degree + (isEndless ? 1 : 0),
    };
  }

  #atom(): Part {
    if (this.#take(/^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/) !== undefined) {
      const inner = this.alternatives();
      this.#take(/^\)/);
      return { ...inner, kind: "group" };
    }
    if (this.#take(/^(?:[$^]|\\[bB])/) !== undefined) return { ...group([]), kind: "mark", isFixed: false };
    const atom = this.#take(/^(?:\[(?:\\.|[^\]\\])*\]|\\(?:u\{[^}]*\}|u.{4}|x..|c.|[pP]\{[^}]*\}|.)|.)/su) ?? "";
    const characters = charactersOf(atom);
    return { ...group([]), kind: "character", isFixed: true, characters, first: characters };
  }

  #take(what: RegExp): string | undefined {
    const found = what.exec(this.#rest)?.[0];
    this.#rest = this.#rest.slice(found?.length ?? 0);
    return found;
  }
}

const group = (parts: readonly Part[]): Part => ({
  kind: "group",
  isFixed: true,
  isDelimited: false,
  isExplosive: parts.some((one) => one.isExplosive),
  characters: new Set(parts.flatMap((one) => [...one.characters])),
  first: new Set(),
  degree: parts.reduce((sum, one) => sum + one.degree, 0),
});

// `-[a-z]+` and `[a-z]+-`: one part varies, and what begins or ends each round stands nowhere else in it.
function isDelimited(parts: readonly Part[]): boolean {
  const varying = parts.filter((one) => !one.isFixed);
  if (varying.length > 1 || varying.some((one) => one.kind !== "character")) return false;
  return [parts[0], parts.at(-1)].some((mark) => {
    if (!mark?.isFixed || mark.kind !== "character") return false;
    return parts.every((one) => one === mark || ![...one.characters].some((each) => mark.characters.has(each)));
  });
}

function limitsOf(quantifier: string): readonly [min: number, max: number] {
  const [min, max] = quantifier.match(/\d+/g) ?? [];
  if (min === undefined) return [quantifier[0] === "+" ? 1 : 0, quantifier[0] === "?" ? 1 : Number.POSITIVE_INFINITY];
  return [Number(min), Number(max ?? (quantifier.includes(",") ? Number.POSITIVE_INFINITY : min))];
}

function charactersOf(atom: string): Characters {
  // Of characters beyond the alphabet nothing is known.
  if (/[^ -~]|\\[pPuxc]/.test(atom)) return new Set(alphabet);
  const matcher = new RegExp(`^${atom}$`, "su");
  return new Set(alphabet.filter((one) => matcher.test(one)));
}
