import { TimerQueue } from "../timer-queue.js";

const mostTurns = 1_000;

/** The virtual time of a history. It knows when the code that runs in it waits for something. */
export class SimulatedTime {
  readonly startedAt: number;
  readonly #timers: TimerQueue;
  #activity = 0;

  readonly #thrown: (error: unknown) => void;

  /** `thrown` hears what a timer throws: nothing in a process catches that. */
  constructor(startedAt: number, thrown: (error: unknown) => void) {
    this.startedAt = startedAt;
    this.#thrown = thrown;
    this.#timers = new TimerQueue(startedAt);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#timers.now;
  }

  /** Milliseconds since the history began. */
  get elapsed(): number {
    return this.#timers.now - this.startedAt;
  }

  after(ms: number, wake: () => void): () => void {
    this.#activity += 1;
    return this.#timers.after(ms, wake);
  }

  /** Somebody is at work. */
  busy(): void {
    this.#activity += 1;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Goes ahead: every timer that was due meanwhile fires late, as after a sleep of the machine. */
  skip(ms: number): void {
    this.#timers.skip(ms);
  }

  /** Fires the next timer, and lets everything follow that follows from it at once. False: no timer is set. */
  async step(): Promise<boolean> {
    try {
      if (!this.#timers.next()) return false;
    } catch (error) {
      this.#thrown(error);
    }
    await this.#standstill();
    return true;
  }

  // Every promise and every turn of the event loop that code waits for is followed by a call to a store, an inbox or the
  // broker, and each of those sets a timer: after two turns without a new timer, all of the code waits. What is still
  // busy then goes on, at a later time.
  async #standstill(): Promise<void> {
    let seen = this.#activity;
    for (let turn = 0, quiet = 0; quiet < 2 && turn < mostTurns; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.#activity === seen ? quiet + 1 : 0;
      seen = this.#activity;
    }
  }
}
