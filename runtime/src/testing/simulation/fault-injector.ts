/** Faults that a seed decides. Each has a name, so that leaving one out changes none of the others. */
import { type FaultKind, faultKinds, type SimulationFaults } from "./faults.js";

/** A fault that was injected. */
export interface Fault {
  /** `<kind> <site>`; a history is repeated without it when {@link FaultInjector} is told to exclude the name. */
  readonly name: string;
  /** Milliseconds since the history began. */
  readonly at: number;
}

export class FaultInjector {
  /** All faults so far. */
  readonly injected: Fault[] = [];
  readonly #seed: number;
  readonly #rates: { readonly [kind in FaultKind]: number };
  readonly #excluded: ReadonlySet<string>;
  readonly #elapsed: () => number;
  readonly #kinds = new Set<FaultKind>();
  readonly #counts = new Map<string, number>();
  #isOver = false;

  /** `excluded`: names of faults that are not injected this time. */
  constructor(seed: number, rates: SimulationFaults, excluded: ReadonlySet<string>, elapsed: () => number) {
    this.#seed = seed;
    this.#excluded = excluded;
    this.#elapsed = elapsed;
    this.#rates = ratesOf(seed, rates);
  }

  /** A name for a place in the code that is passed again and again: the place, and how often it was passed. */
  site(place: string): string {
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    return `${place} ${count}`;
  }

  /** Whether a fault of this kind happens here; if so, it is noted. */
  injects(kind: FaultKind, site: string): boolean {
    const rate = this.#rates[kind];
    if (this.#isOver || rate === 0 || this.chance(`${kind} ${site}`) >= rate) return false;
    const name = `${kind} ${site}`;
    if (this.#excluded.has(name)) return false;
    this.#kinds.add(kind);
    this.injected.push({ name, at: this.#elapsed() });
    return true;
  }

  /** Whether there has been no fault after this moment, in milliseconds since the history began. */
  isQuietSince(elapsed: number): boolean {
    return (this.injected.at(-1)?.at ?? 0) <= elapsed;
  }

  /** Whether there has been a fault of another kind in this time, in milliseconds since the history began. */
  hasInjectedBetween(from: number, until: number, but: FaultKind): boolean {
    return this.injected.some(({ name, at }) => at >= from && at <= until && !name.startsWith(`${but} `));
  }

  /** Whether there has been a fault of this kind. */
  hasInjected(kind: FaultKind): boolean {
    return this.#kinds.has(kind);
  }

  /** A number in [0, 1), the same for the same text. */
  chance(text: string): number {
    return chanceOf(this.#seed, text);
  }

  /** A whole number of milliseconds from `least` to `most`. */
  ms(text: string, least: number, most: number): number {
    return least + Math.floor(this.chance(text) * (most - least + 1));
  }

  /** From here on there are faults, as there are at first. */
  begin(): void {
    this.#isOver = false;
  }

  /** From here on there are no faults. */
  end(): void {
    this.#isOver = true;
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

/** Each history has some kinds of fault and not the others: what only fails where all else goes well is found as well. */
function ratesOf(seed: number, usual: SimulationFaults): { readonly [kind in FaultKind]: number } {
  const rate = (kind: FaultKind) => {
    const chance = chanceOf(seed, `rate of ${kind}`);
    return chance < 0.4 ? 0 : usual[kind] * 2 * chance;
  };
  return Object.fromEntries(faultKinds.map((kind) => [kind, rate(kind)])) as { [kind in FaultKind]: number };
}
