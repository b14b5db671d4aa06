import type { Clock } from "../clock.js";

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Lets time pass: timers fire in their order, each after everything before it has had its turn. */
  advance(ms: number): Promise<void>;
  /** Timers that are set. */
  readonly timers: number;
}

/** A clock for tests. @default start 2026-01-01T00:00Z */
export function createVirtualClock(start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const firstUntil = (end: number) =>
    [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];

  return {
    now: () => now,
    after(ms, wake) {
      const timer = { at: now + Math.max(0, ms), wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await everythingElse();
      for (let timer = firstUntil(end); timer; timer = firstUntil(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.wake();
        await everythingElse();
      }
      now = end;
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
