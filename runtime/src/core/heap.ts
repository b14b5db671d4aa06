/** Entries of which the first one is known at any time: a binary heap. */
export class Heap<Entry> {
  readonly #entries: Entry[] = [];
  readonly #isBefore: (one: Entry, other: Entry) => boolean;

  constructor(isBefore: (one: Entry, other: Entry) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#entries.length;
  }

  first(): Entry | undefined {
    return this.#entries[0];
  }

  push(entry: Entry): void {
    const entries = this.#entries;
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || !this.#isBefore(entry, above)) break;
      entries[index] = above;
      index = parent;
    }
    entries[index] = entry;
  }

  /** Takes the first one away. */
  pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = entries[child];
      const right = entries[child + 1];
      if (left !== undefined && right !== undefined && this.#isBefore(right, left)) child += 1;
      const below = entries[child];
      if (below === undefined || !this.#isBefore(below, last)) break;
      entries[index] = below;
      index = child;
    }
    entries[index] = last;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
