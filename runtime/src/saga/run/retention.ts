import { jitter } from "../../core/clock.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { earlyMs, type SagaAdmin, type SagaStore } from "../store/saga-store.js";
import type { StoreTime } from "./store-time.js";

/** How long finished sagas stay. */
export interface RetentionOptions {
  /**
   * How long after its end a saga hears late answers: a late success of a step that was undone is undone once more.
   * Then its state goes; its history stays. @default "24h"
   */
  readonly lateWindow?: Duration | number;
  /** How long after its end a saga and its history go; `false` keeps them. @default "30d" */
  readonly keep?: Duration | number | false;
}

const everyMs = 60_000;
const atATime = 500;
/** Events that no saga asks for. */
const earlyPerChannel = 100_000;

/** Once a minute or so: shrinks what has finished, deletes what is old. Any number of workers may. */
export class Retention {
  readonly #store: SagaStore & Partial<SagaAdmin>;
  readonly #time: StoreTime;
  readonly #lateMs: number;
  readonly #keepMs: number | undefined;
  /** Everything that finished before has shrunk. */
  #shrunkUntil = 0;
  #nextAt: number;

  constructor(store: SagaStore, time: StoreTime, { lateWindow = "24h", keep = "30d" }: RetentionOptions = {}) {
    this.#store = store;
    this.#time = time;
    this.#lateMs = durationMs(lateWindow);
    this.#keepMs = keep === false ? undefined : durationMs(keep);
    this.#nextAt = time.clock.now() + this.#pauseMs();
  }

  /** Does a little when it is time to. @throws what the store throws */
  async keep(): Promise<void> {
    if (this.#time.clock.now() < this.#nextAt) return;
    this.#nextAt = this.#time.clock.now() + this.#pauseMs();
    const now = this.#time.now();
    const isBehind = [await this.#shrink(now - this.#lateMs), await this.#purge(now)].includes(true);
    if (isBehind) this.#nextAt = this.#time.clock.now();
    await this.#store.dropEvents?.(now - earlyMs, earlyPerChannel);
  }

  async #shrink(before: number): Promise<boolean> {
    const shrunk = await this.#store.shrink?.({ after: this.#shrunkUntil, before }, atATime);
    if (shrunk !== undefined && shrunk >= atATime) return true;
    this.#shrunkUntil = before;
    return false;
  }

  async #purge(now: number): Promise<boolean> {
    if (this.#keepMs === undefined) return false;
    return (await this.#store.purge?.(now - this.#keepMs, atATime)) === atATime;
  }

  #pauseMs(): number {
    return everyMs * (1 + jitter(this.#time.clock) / 4);
  }
}
