import type { Clock } from "../../core/clock.js";
import { Heap } from "../../core/heap.js";
import type { StoreTime } from "./store-time.js";

/** Entries that may be stale before it is worth looking for them. */
const maxStale = 4_096;

/** Sagas by the time at which something is due: a heap with one timer of the clock in front. */
export class Timers {
  readonly #time: StoreTime;
  readonly #fire: (id: string) => void;
  readonly #max: number;
  readonly #dueAt = new Map<string, number>();
  /** By time. Entries that no longer match `#dueAt` are passed over. */
  readonly #heap = new Heap<{ readonly at: number; readonly id: string }>((one, other) => one.at < other.at);
  #cancel: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  /** Keeps at most `max` sagas; the store knows the others. */
  constructor(time: StoreTime, max: number, fire: (id: string) => void) {
    this.#time = time;
    this.#max = max;
    this.#fire = fire;
  }

  has(id: string): boolean {
    return this.#dueAt.has(id);
  }

  /** Sets, moves or, with undefined, removes the saga's timer. */
  set(id: string, at: number | undefined): void {
    if (at === undefined) this.#dueAt.delete(id);
    else if (this.#dueAt.get(id) !== at && (this.#dueAt.size < this.#max || this.#dueAt.has(id))) {
      this.#dueAt.set(id, at);
      this.#heap.push({ at, id });
      this.#compact();
      this.#arm();
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#dueAt.clear();
    this.#heap.clear();
  }

  #arm(): void {
    this.#dropStale();
    const first = this.#heap.first();
    if (!first || first.at >= this.#armedFor) return;
    this.#cancel?.();
    this.#armedFor = first.at;
    this.#cancel = this.#clock.after(Math.max(0, first.at - this.#time.now()), () => this.#due());
  }

  #due(): void {
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#time.now();
    for (let first = this.#heap.first(); first && first.at <= now; first = this.#heap.first()) {
      this.#heap.pop();
      if (this.#dueAt.get(first.id) !== first.at) continue;
      this.#dueAt.delete(first.id);
      this.#fire(first.id);
    }
    this.#arm();
  }

  /** One that is due long from now, and stands in front, would keep all that have gone stale behind it. */
  #compact(): void {
    if (this.#heap.size <= 2 * this.#dueAt.size + maxStale) return;
    this.#heap.clear();
    for (const [id, at] of this.#dueAt) this.#heap.push({ at, id });
  }

  get #clock(): Clock {
    return this.#time.clock;
  }

  #dropStale(): void {
    for (let first = this.#heap.first(); first && this.#dueAt.get(first.id) !== first.at; first = this.#heap.first())
      this.#heap.pop();
  }
}
