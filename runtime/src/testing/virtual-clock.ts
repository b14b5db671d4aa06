import type { Clock } from "../core/clock.js";
import { type Duration, durationMs } from "../core/duration.js";
import { TimerQueue } from "./timer-queue.js";

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Lets time pass: timers fire in their order, each after everything before it has had its turn. */
  advance(time: Duration | number): Promise<void>;
  /** Timers that are set. */
  readonly timers: number;
}

/**
 * A clock for tests.
 * @default start 2026-01-01T00:00Z
 * @example
 * const clock = createVirtualClock();
 * const transport = createMemoryTransport({ clock });
 * await clock.advance("5s");
 */
export function createVirtualClock(start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  const timers = new TimerQueue(start);
  return {
    now: () => timers.now,
    after: (ms, wake) => timers.after(ms, wake),
    async advance(time) {
      const end = timers.now + durationMs(time);
      await everythingElse();
      while (timers.next(end)) await everythingElse();
      timers.now = end;
    },
    get timers() {
      return timers.size;
    },
  };
}

/** Lets pending promises and turns of the event loop run: in-memory parts need a handful of turns to answer. */
async function everythingElse(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
