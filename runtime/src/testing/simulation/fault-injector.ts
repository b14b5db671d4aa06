/** Misfortune that a seed decides, and each piece of it by its own name: taking one away leaves the others as they are. */
import { type FaultKind, faultKinds, type SimulationFaults } from "./faults.js";

/** One thing that went wrong. */
export interface Fault {
  /** `<kind> <where>`: what is asked for by {@link FaultInjector.spare}. */
  readonly name: string;
  /** Milliseconds since the history began. */
  readonly at: number;
}

export class FaultInjector {
  /** Everything that went wrong so far. */
  readonly mishaps: Fault[] = [];
  readonly #seed: number;
  readonly #rates: { readonly [kind in FaultKind]: number };
  readonly #spare: ReadonlySet<string>;
  readonly #elapsed: () => number;
  readonly #counts = new Map<string, number>();
  #isOver = false;

  /** `spare`: names of mishaps that do not happen this time. */
  constructor(seed: number, faults: SimulationFaults, spare: ReadonlySet<string>, elapsed: () => number) {
    this.#seed = seed;
    this.#spare = spare;
    this.#elapsed = elapsed;
    this.#rates = ratesOf(seed, faults);
  }

  /** A name for the place in which something may go wrong now: the how-manieth time it comes by there. */
  site(place: string): string {
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    return `${place} ${count}`;
  }

  strikes(kind: FaultKind, site: string): boolean {
    const rate = this.#rates[kind];
    if (this.#isOver || rate === 0 || this.chance(`${kind} ${site}`) >= rate) return false;
    const name = `${kind} ${site}`;
    if (this.#spare.has(name)) return false;
    this.mishaps.push({ name, at: this.#elapsed() });
    return true;
  }

  /** A number in [0, 1), the same for the same text. */
  chance(text: string): number {
    return chanceOf(this.#seed, text);
  }

  /** A whole number of milliseconds from `least` to `most`. */
  ms(text: string, least: number, most: number): number {
    return least + Math.floor(this.chance(text) * (most - least + 1));
  }

  /** From here on nothing goes wrong. */
  end(): void {
    this.#isOver = true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}

/** A number in [0, 1) that a seed and a text decide. */
export function chanceOf(seed: number, text: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // The last characters have hardly been mixed in yet.
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Each history has some kinds of misfortune, and not the others: what needs quiet on one side is found as well. */
function ratesOf(seed: number, faults: SimulationFaults): { readonly [kind in FaultKind]: number } {
  const rate = (kind: FaultKind) => {
    const chance = chanceOf(seed, `rate of ${kind}`);
    return chance < 0.4 ? 0 : faults[kind] * 2 * chance;
  };
  return Object.fromEntries(faultKinds.map((kind) => [kind, rate(kind)])) as { [kind in FaultKind]: number };
}
