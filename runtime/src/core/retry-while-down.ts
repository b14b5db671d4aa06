import { type Clock, jitter } from "./clock.js";
import { SagaspecError } from "./errors.js";

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** How long, and after what, a store is asked again. */
export interface Patience {
  readonly clock: Clock;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** After so long nothing is asked again. @default while somebody waits */
  readonly maxMs?: number;
  /** Whether asking again may help. @default always */
  readonly isDown?: (error: unknown) => boolean;
  /** Told of each failure after which it is asked again, or would be if somebody still waited. */
  problem(error: unknown): void;
}

/**
 * Calls a store until it answers, with growing, jittered pauses. What is written may be written again: its token tells.
 * @throws what was thrown last, or SagaspecError `store-unavailable` once the signal is aborted
 */
export async function retryWhileDown<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, signal, maxMs = Number.POSITIVE_INFINITY, isDown = () => true, problem } = patience;
  const until = clock.now() + maxMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await call();
    } catch (cause) {
      if (!isDown(cause) || clock.now() >= until) throw cause;
      problem(cause);
      if (!signal.aborted) await pause(pauseMs * (0.5 + jitter(clock) / 2), clock, signal);
      if (signal.aborted) {
        const text = "the store did not answer before this process stopped; another one carries on";
        throw new SagaspecError("store-unavailable", text, { cause, retryable: true });
      }
    }
  }
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end);
  });
}
