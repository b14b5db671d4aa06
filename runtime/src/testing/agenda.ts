interface Entry {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | undefined;
}

/** What is to happen later, by virtual time: the earliest first, and of one moment in the order in which it was asked for. */
export class Agenda {
  /** Milliseconds since 1970. */
  now: number;
  /** Binary heap. Entries without `wake` were cancelled. */
  readonly #heap: Entry[] = [];
  #order = 0;
  #cancelled = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** How many things are to happen. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Calls `wake` in `ms`. Returns a function that cancels it. */
  after(ms: number, wake: () => void): () => void {
    const entry: Entry = { at: this.now + Math.max(0, ms), order: ++this.#order, wake };
    this.#push(entry);
    return () => {
      if (entry.wake) this.#cancelled += 1;
      entry.wake = undefined;
    };
  }

  /** Goes to the next moment at which something happens, and lets the first thing of it happen. False: nothing by `end`. */
  next(end: number = Number.POSITIVE_INFINITY): boolean {
    for (let first = this.#heap[0]; first && first.at <= end; first = this.#heap[0]) {
      this.#pop();
      const { wake } = first;
      if (!wake) {
        this.#cancelled -= 1;
        continue;
      }
      first.wake = undefined;
      this.now = Math.max(this.now, first.at);
      wake();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, entry)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const right = heap[child + 1];
      const left = heap[child];
      if (left && right && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (!below || isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
