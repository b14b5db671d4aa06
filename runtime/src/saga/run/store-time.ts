import type { Clock } from "../../core/clock.js";

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

  /**
   * The store has said what time it is, in answer to a question asked at `askedAt` by this process's clock: somewhere
   * between then and now it was that time. An answer that was long on its way says little, and changes little.
   */
  sync(storeNow: number, askedAt: number): void {
    const least = storeNow - this.clock.now();
    const most = storeNow - askedAt;
    this.#ahead = Math.min(Math.max(this.#ahead, least), most);
  }
}
