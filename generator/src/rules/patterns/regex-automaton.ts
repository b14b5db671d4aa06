/** Repeated more often than this, a part counts as one that is repeated without end. */
const MAX_COPIES = 4;
/** Most classes of characters that are remembered. */
const MAX_REMEMBERED = 1_000;

/** Characters that stand for all: what two places share is found by trying these. */
const alphabet: readonly string[] = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), "é", "中"];

/** A place of a pattern that matches one character (Glushkov's positions). */
export interface Position {
  /** A bit for each character of the alphabet. */
  readonly characters: bigint;
  /** The places that may match next; one that can be gone to in two ways is here twice. */
  readonly next: Position[];
}

/** A pattern as the places that it may be at. */
export interface PatternGraph {
  /** In the order in which they are written: what may follow a place without repeating anything stands behind it. */
  readonly places: readonly Position[];
  /** What is repeated without end, each the places that lead to one another; none of them within another one. */
  readonly loops: readonly (readonly Position[])[];
}

/** What may be spent on looking at patterns. */
export class Budget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** @throws RangeError when nothing is left */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new RangeError("the patterns are too large to be looked at");
  }
}

/** Part of a pattern: where a match of it may begin and end, and whether it may be empty. */
interface Part {
  readonly first: readonly Position[];
  readonly last: readonly Position[];
  readonly isEmpty: boolean;
}

const nothing: Part = { first: [], last: [], isEmpty: true };

/** Reads a well-formed pattern without references back. */
export function readPattern(pattern: string, effort: Budget): PatternGraph {
  const reading = new Reading(pattern, effort);
  reading.alternatives();
  const { places, loops } = reading;
  return { places, loops: loops.map(([start, end]) => places.slice(start, end)) };
}

class Reading {
  readonly places: Position[] = [];
  /** Of places: where each outermost loop starts, and the place behind it. */
  loops: (readonly [start: number, end: number])[] = [];
  readonly #effort: Budget;
  #rest: string;

  constructor(pattern: string, effort: Budget) {
    this.#rest = pattern;
    this.#effort = effort;
  }

  alternatives(): Part {
    const branches = [this.#sequence()];
    while (this.#take(/^\|/) !== undefined) branches.push(this.#sequence());
    return {
      first: branches.flatMap((one) => one.first),
      last: branches.flatMap((one) => one.last),
      isEmpty: branches.some((one) => one.isEmpty),
    };
  }

  #sequence(): Part {
    let whole = nothing;
    while (this.#rest !== "" && !/^[|)]/.test(this.#rest)) whole = this.#joined(whole, this.#quantified());
    return whole;
  }

  #quantified(): Part {
    const start = this.places.length;
    const text = this.#rest;
    const part = this.#atom();
    const atom = text.slice(0, text.length - this.#rest.length);
    const quantifier = this.#take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (quantifier === undefined) return part;
    const [min, max] = limitsOf(quantifier);
    if (max === 0) return nothing;
    if (max > MAX_COPIES) return this.#repeated(part, min, start);
    const behind = this.#rest;
    const copies = [part];
    for (let copy = 1; copy < max; copy++) {
      this.#rest = atom;
      copies.push(this.#atom());
    }
    this.#rest = behind;
    // `a{1,3}` is `a(a(a)?)?`: each copy only behind the one before it.
    const rest = copies.slice(min).reduceRight((after, copy) => optional(this.#joined(copy, after)), nothing);
    return copies.slice(0, min).reduceRight((after, copy) => this.#joined(copy, after), rest);
  }

  #atom(): Part {
    const opening = this.#take(/^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/);
    if (opening !== undefined) {
      const inner = this.alternatives();
      this.#take(/^\)/);
      // What is only looked at is matched, but takes no characters.
      return /[=!]$/.test(opening) ? nothing : inner;
    }
    if (this.#take(/^(?:[$^]|\\[bB])/) !== undefined) return nothing;
    const atom = this.#take(/^(?:\[(?:\\.|[^\]\\])*\]|\\(?:u\{[^}]*\}|u.{4}|x..|c.|[pP]\{[^}]*\}|.)|.)/su) ?? "";
    this.#effort.spend(1);
    const place = { characters: charactersOf(atom), next: [] };
    this.places.push(place);
    return { first: [place], last: [place], isEmpty: false };
  }

  #joined(one: Part, other: Part): Part {
    this.#lead(one.last, other.first);
    return {
      first: one.isEmpty ? [...one.first, ...other.first] : one.first,
      last: other.isEmpty ? [...one.last, ...other.last] : other.last,
      isEmpty: one.isEmpty && other.isEmpty,
    };
  }

  #repeated(part: Part, min: number, start: number): Part {
    this.#lead(part.last, part.first);
    // Each of the rounds that must be may be the empty one, which is as many ways as there are rounds.
    if (part.isEmpty && min > 1) this.#lead(part.last, part.first);
    this.loops = [...this.loops.filter(([inner]) => inner < start), [start, this.places.length]];
    return min === 0 ? optional(part) : part;
  }

  #lead(from: readonly Position[], to: readonly Position[]): void {
    this.#effort.spend(from.length * to.length);
    for (const place of from) place.next.push(...to);
  }

  #take(what: RegExp): string | undefined {
    const found = what.exec(this.#rest)?.[0];
    this.#rest = this.#rest.slice(found?.length ?? 0);
    return found;
  }
}

const optional = (part: Part): Part => ({ ...part, isEmpty: true });

function limitsOf(quantifier: string): readonly [min: number, max: number] {
  const [min, max] = quantifier.match(/\d+/g) ?? [];
  if (min === undefined) return [quantifier[0] === "+" ? 1 : 0, quantifier[0] === "?" ? 1 : Number.POSITIVE_INFINITY];
  return [Number(min), Number(max ?? (quantifier.includes(",") ? Number.POSITIVE_INFINITY : min))];
}

const known = new Map<string, bigint>();

function charactersOf(atom: string): bigint {
  // Of characters beyond the alphabet nothing is known.
  const isOdd = /[^ -~]|\\[pPuxc]/.test(atom);
  const source = isOdd ? "" : `^${atom}$`;
  const remembered = known.get(source);
  if (remembered !== undefined) return remembered;
  const matcher = new RegExp(source, "su");
  const bits = alphabet.reduce((sum, one, index) => (matcher.test(one) ? sum | (1n << BigInt(index)) : sum), 0n);
  if (known.size < MAX_REMEMBERED) known.set(source, bits);
  return bits;
}
