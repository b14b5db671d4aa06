/** Faults of a network, decided by a seed so that a run can be repeated. Each is the probability for one message. */
export interface Faults {
  readonly seed: number;
  /** Accepted, then gone. @default 0 */
  readonly drop?: number;
  /** Delivered twice. @default 0 */
  readonly duplicate?: number;
  /** Held back. @default 0 */
  readonly delay?: number;
  /** Longest time a message is held back, in milliseconds. @default 50 */
  readonly maxDelayMs?: number;
  /** Changes places with the message sent after it, in the same batch. @default 0 */
  readonly reorder?: number;
}

/** Numbers in [0, 1) that a seed decides: 32 bits of state, more than enough to spread faults evenly. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** When copies of one message arrive, in milliseconds from now. Empty: never. */
export function arrivalsOf(faults: Faults, random: () => number): number[] {
  const dropped = random() < (faults.drop ?? 0);
  const copies = random() < (faults.duplicate ?? 0) ? 2 : 1;
  const delays: number[] = [];
  for (let copy = 0; copy < copies; copy += 1) {
    const late = random() < (faults.delay ?? 0);
    delays.push(late ? 1 + Math.floor(random() * (faults.maxDelayMs ?? 50)) : 0);
  }
  return dropped ? [] : delays;
}

/** The batch in the order in which it arrives. */
export function reordered<T>(batch: readonly T[], faults: Faults, random: () => number): readonly T[] {
  const result = [...batch];
  for (let index = 1; index < result.length; index += 1) {
    if (random() < (faults.reorder ?? 0)) result.splice(index - 1, 2, result[index] as T, result[index - 1] as T);
  }
  return result;
}
