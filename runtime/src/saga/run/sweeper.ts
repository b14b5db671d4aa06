/**
 * Finds what nobody carries: messages that a crash left unsent, runs whose lease has lapsed, timers whose worker is gone.
 * In the normal case it finds nothing. What other processes hand over it looks for as soon as the store tells of it.
 */
import { jitter } from "../../core/clock.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Effect } from "../store/effects.js";
import type { EventRow, SagaRow, SagaStore } from "../store/saga-store.js";
import type { StoreTime } from "./store-time.js";

const limit = 256;
/** Younger rows are still on their way. */
const unsentAfterMs = 3_000;
/** The worker that set a timer fires it; the others come later. */
const graceMs = 1_000;
const shortestPauseMs = 250;
/** With the age above, what a dead worker left is taken up within five seconds. */
const longestPauseMs = 1_000;

/** Hints that come closer together than this share a look; while they go on coming, the pauses grow. */
const firstHintPauseMs = 50;

export interface SweeperOutlets {
  due(row: SagaRow): void;
  /** A saga that was handed over, as it is: what is due in it may be news here. */
  known(row: SagaRow): void;
  unsent(effect: Effect): void;
  events(rows: readonly EventRow[]): void;
  problem(error: unknown): void;
}

export class Sweeper {
  readonly #store: SagaStore;
  readonly #mine: readonly SagaDefinition[];
  readonly #time: StoreTime;
  readonly #outlets: SweeperOutlets;
  #cancel: (() => void) | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;
  #endListening: (() => Promise<void>) | undefined;
  /** Sagas that others have handed over since the last look. */
  readonly #handedOver = new Set<string>();
  #isHinted = false;
  #isLooking = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #hintPauseMs = firstHintPauseMs;

  constructor(store: SagaStore, mine: readonly SagaDefinition[], time: StoreTime, outlets: SweeperOutlets) {
    this.#store = store;
    this.#mine = mine;
    this.#time = time;
    this.#outlets = outlets;
  }

  /**
   * Learns the store's time. It is to be known before anything is heard: what is told is stamped with it, and a saga
   * takes no event that is older than itself.
   * @throws what the store throws: a worker does not start on a store that is not there
   */
  async learnTime(): Promise<void> {
    await this.#ask([], 0, 0);
    // The first answer may have had to wait for a connection, and then says little.
    await this.#ask([], 0, 0);
  }

  /**
   * Takes over what is there, and goes on looking. `all`: rows of any age, for a worker that alone has the store.
   * @throws what the store throws
   */
  async start(all: boolean): Promise<void> {
    this.#isLooking = true;
    this.#endListening = this.#store.listen?.((sagaIds) => this.#heard(sagaIds), this.#outlets.problem);
    const first = await this.#sweep(all ? 0 : unsentAfterMs, 0);
    // What this loop has taken counts as touched, and is not taken again.
    for (let last = first; all && last.unsent === limit && !this.#stopped; ) {
      last = await this.#sweep(last.now - first.now + 1, 0);
    }
    this.#isLooking = false;
    this.#schedule(this.#isHinted ? 0 : shortestPauseMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#endListening?.();
    await this.#sweeping;
  }

  /** Others have left something for this worker: it looks at once, or soon after the look that is under way. */
  #heard(sagaIds: readonly string[]): void {
    for (const id of sagaIds) if (this.#handedOver.size < limit) this.#handedOver.add(id);
    const isExpected = this.#isHinted;
    this.#isHinted = true;
    if (this.#isLooking || isExpected) return;
    this.#cancel?.();
    this.#schedule(Math.max(0, this.#lookedAt + this.#hintPauseMs - this.#time.clock.now()));
  }

  #schedule(pauseMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#time.clock.after(pauseMs * (1 + jitter(this.#time.clock) / 4), () => {
      this.#sweeping = this.#again();
    });
  }

  async #again(): Promise<void> {
    let pauseMs = longestPauseMs;
    this.#isLooking = true;
    this.#isHinted = false;
    try {
      await this.#learnTimers();
      const found = await this.#sweep(unsentAfterMs, graceMs);
      // Where a worker has died, what it left comes of age over the next moments.
      if (found.due === limit || found.unsent > 0) pauseMs = shortestPauseMs;
    } catch (error) {
      this.#outlets.problem(error);
    }
    this.#isLooking = false;
    this.#lookedAt = this.#time.clock.now();
    this.#hintPauseMs = this.#isHinted ? Math.min(shortestPauseMs, this.#hintPauseMs * 2) : firstHintPauseMs;
    this.#schedule(this.#isHinted ? this.#hintPauseMs : pauseMs);
  }

  /** What is due in a saga that was handed over may be due before the next look. */
  async #learnTimers(): Promise<void> {
    const ids = [...this.#handedOver];
    this.#handedOver.clear();
    if (ids.length === 0) return;
    const found = await this.#store.load(ids.map((id) => ({ id })));
    for (const row of found.flat()) this.#outlets.known(row);
  }

  async #sweep(olderThanMs: number, lateByMs: number): Promise<{ now: number; due: number; unsent: number }> {
    const { now, due, unsent, events } = await this.#ask(this.#mine, limit, olderThanMs);
    for (const { effect } of unsent) this.#outlets.unsent(effect);
    this.#outlets.events(events);
    // What is sent again gets a new deadline: nothing times out before everything has been looked at.
    if (unsent.length < limit) for (const row of due) if ((row.dueAt ?? now) + lateByMs <= now) this.#outlets.due(row);
    return { now, due: due.length, unsent: unsent.length };
  }

  async #ask(mine: readonly SagaDefinition[], most: number, olderThanMs: number): ReturnType<SagaStore["pending"]> {
    const askedAt = this.#time.clock.now();
    const pending = await this.#store.pending(mine, most, olderThanMs);
    this.#time.sync(pending.now, askedAt);
    return pending;
  }
}
