import { TimerQueue } from "../timer-queue.js";

const mostTurns = 1_000;

/** Virtual time of a whole history, and when the code in it has come to a standstill. */
export class SimulatedTime {
  readonly startedAt: number;
  readonly #agenda: TimerQueue;
  #activity = 0;

  constructor(startedAt: number) {
    this.startedAt = startedAt;
    this.#agenda = new TimerQueue(startedAt);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#agenda.now;
  }

  /** Milliseconds since the history began. */
  get elapsed(): number {
    return this.#agenda.now - this.startedAt;
  }

  after(ms: number, wake: () => void): () => void {
    this.#activity += 1;
    return this.#agenda.after(ms, wake);
  }

  /** Somebody is at work. */
  busy(): void {
    this.#activity += 1;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets the next thing happen, and everything that follows from it at once. False: nothing is to happen any more. */
  async step(): Promise<boolean> {
    if (!this.#agenda.next()) return false;
    await this.#standstill();
    return true;
  }

  // Every promise and every turn of the event loop that code waits for is followed by a call to somebody outside, which
  // asks for time: two turns without one, and all of it waits. What is still busy then goes on, at a later time.
  async #standstill(): Promise<void> {
    let seen = this.#activity;
    for (let turn = 0, quiet = 0; quiet < 2 && turn < mostTurns; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.#activity === seen ? quiet + 1 : 0;
      seen = this.#activity;
    }
  }
}
