import type { Clock } from "../../clock.js";

/** The store's clock, as near as this process can know it: by it is judged what is due. */
export class StoreTime {
  readonly clock: Clock;
  #ahead = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock.now() + this.#ahead;
  }

  /** The store has just said what time it is. */
  sync(storeNow: number): void {
    this.#ahead = storeNow - this.clock.now();
  }
}
