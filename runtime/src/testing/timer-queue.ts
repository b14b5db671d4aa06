import { Heap } from "../core/heap.js";

interface Entry {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | undefined;
}

/** What is to happen later, by virtual time: the earliest first, and of one moment in the order in which it was asked for. */
export class TimerQueue {
  /** Milliseconds since 1970. */
  now: number;
  /** Entries without `wake` were cancelled. */
  readonly #heap = new Heap(isBefore);
  #order = 0;
  #cancelled = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** How many things are to happen. */
  get size(): number {
    return this.#heap.size - this.#cancelled;
  }

  /** Calls `wake` in `ms`. Returns a function that cancels it. */
  after(ms: number, wake: () => void): () => void {
    const entry: Entry = { at: this.now + Math.max(0, ms), order: ++this.#order, wake };
    this.#heap.push(entry);
    return () => {
      if (entry.wake) this.#cancelled += 1;
      entry.wake = undefined;
    };
  }

  /** Goes ahead in time without firing anything: what was due meanwhile fires late. */
  skip(ms: number): void {
    this.now += ms;
  }

  /** Goes to the next moment at which something happens, and lets the first thing of it happen. False: nothing by `end`. */
  next(end: number = Number.POSITIVE_INFINITY): boolean {
    for (let first = this.#heap.first(); first && first.at <= end; first = this.#heap.first()) {
      this.#heap.pop();
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
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
