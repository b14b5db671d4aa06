/**
 * What waits for which saga on this worker, and when it is taken: everything that waits at once, at most 256 sagas a
 * batch, two batches at a time, without a delay of its own; a saga is in one batch at a time.
 */
import { type Clock, jitter } from "../../core/clock.js";
import { isAtRest } from "../store/instance.js";
import type { SagaRow } from "../store/saga-store.js";
import type { CommitBatches } from "./commit-batches.js";
import { createMailbox, type MailboxEntry, type SagaMailbox } from "./saga-mailbox.js";

export interface EngineOptions {
  /** Sagas remembered while nothing happens to them. */
  readonly maxCached: number;
  /** Sagas that share a commit. */
  readonly maxBatch: number;
  /** Commits under way at a time. */
  readonly maxBatches: number;
}

/** Pauses before a saga that somebody else has in hand is tried again: the first conflict costs none. */
const firstRestMs = 20;
const longestRestMs = 1_000;

export class Engine {
  readonly #batches: CommitBatches;
  readonly #clock: Clock;
  readonly #options: EngineOptions;
  readonly #slots = new Map<string, SagaMailbox>();
  readonly #ready: SagaMailbox[] = [];
  #arrivals = 0;
  #inFlight = 0;
  #held = 0;
  #scheduled = false;
  readonly #waitingForIdle: (() => void)[] = [];

  constructor(batches: CommitBatches, clock: Clock, options: EngineOptions) {
    this.#batches = batches;
    this.#clock = clock;
    this.#options = options;
  }

  /** Adds something for a saga. */
  submit(id: string, item: MailboxEntry): void {
    this.#arrivals += 1;
    const slot = this.#slotOf(id);
    slot.items.push({ item, arrived: this.#arrivals });
    this.#wake(slot);
  }

  /** Lets `work` have a saga, freshly read, for itself: nothing else is decided for it meanwhile. */
  runExclusive(id: string, work: (slot: SagaMailbox, arrivals: number) => Promise<void>): Promise<void> {
    const slot = this.#slotOf(id);
    return new Promise((resolve, reject) => {
      slot.exclusive.push(async () => {
        const since = this.#arrivals;
        await this.#batches
          .load([slot], since)
          .then(() => work(slot, since))
          .then(resolve, reject);
      });
      this.#wake(slot);
    });
  }

  /** Resolves when nothing waits and nothing is being committed. */
  async idle(): Promise<void> {
    while (!this.#isIdle()) await new Promise<void>((resolve) => this.#waitingForIdle.push(resolve));
  }

  #slotOf(id: string): SagaMailbox {
    let slot = this.#slots.get(id);
    if (!slot) {
      slot = createMailbox(id);
      this.#slots.set(id, slot);
    }
    return slot;
  }

  #wake(slot: SagaMailbox): void {
    if (slot.state !== "idle") return;
    slot.state = "ready";
    this.#ready.push(slot);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= this.#options.maxBatches || this.#ready.length === 0) return;
    this.#scheduled = true;
    // One turn of the event loop: what arrives in it shares a commit.
    setImmediate(() => {
      this.#scheduled = false;
      this.#take();
      this.#schedule();
    });
  }

  #take(): void {
    const slots = this.#ready.splice(0, this.#options.maxBatch);
    for (const slot of slots) slot.state = "busy";
    const shared = slots.filter((slot) => slot.exclusive.length === 0);
    if (shared.length > 0) void this.#runBatch(shared);
    for (const slot of slots) if (slot.exclusive.length > 0) void this.#runAlone(slot);
  }

  async #runBatch(slots: readonly SagaMailbox[]): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#batches.run(slots, () => this.#arrivals);
    } finally {
      this.#inFlight -= 1;
      for (const slot of slots) this.#release(slot);
      this.#schedule();
      this.#tellIdle();
    }
  }

  async #runAlone(slot: SagaMailbox): Promise<void> {
    this.#held += 1;
    await slot.exclusive.shift()?.();
    this.#held -= 1;
    this.#release(slot);
    this.#tellIdle();
  }

  #release(slot: SagaMailbox): void {
    slot.state = "idle";
    if (slot.conflicts > 1 && slot.items.length > 0) this.#rest(slot);
    else if (slot.items.length > 0 || slot.exclusive.length > 0) this.#wake(slot);
    else if (!isWorthKeeping(slot.row)) this.#slots.delete(slot.id);
    else this.#evict();
  }

  #rest(slot: SagaMailbox): void {
    const ms = Math.min(longestRestMs, firstRestMs * 2 ** (slot.conflicts - 2));
    slot.state = "resting";
    this.#held += 1;
    this.#clock.after(ms * (0.5 + jitter(this.#clock) / 2), () => {
      this.#held -= 1;
      slot.state = "idle";
      this.#wake(slot);
    });
  }

  #evict(): void {
    if (this.#slots.size <= this.#options.maxCached) return;
    for (const [id, slot] of this.#slots) {
      if (slot.state !== "idle") continue;
      this.#slots.delete(id);
      return;
    }
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && this.#held === 0 && this.#ready.length === 0;
  }

  #tellIdle(): void {
    if (this.#isIdle()) for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }
}

function isWorthKeeping(row: SagaRow | undefined): boolean {
  return row !== undefined && !isAtRest(row.status);
}
