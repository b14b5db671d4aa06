/** Time as the runtime sees it, so that a test can own it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Calls `wake` once, `ms` from now. Returns a function that cancels it. Keeps the process alive only when told to. */
  after(ms: number, wake: () => void, keepAlive?: boolean): () => void;
  /** A number in [0, 1) that spreads pauses, so that many do not end at once. @default Math.random */
  random?(): number;
}

/** A number in [0, 1) from the clock's own chance, where it has one. */
export function jitter(clock: Clock): number {
  return clock.random ? clock.random() : Math.random();
}

const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, wake, keepAlive = false) {
    // Node fires a longer timeout at once: sleep in stretches instead.
    if (ms > longestTimeoutMs) {
      let cancel = systemClock.after(
        longestTimeoutMs,
        () => {
          cancel = systemClock.after(ms - longestTimeoutMs, wake, keepAlive);
        },
        keepAlive,
      );
      return () => cancel();
    }
    const timer = setTimeout(wake, Math.max(0, ms));
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
