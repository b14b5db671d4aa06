import { type Clock, jitter } from "../../clock.js";
import { SagaspecError } from "../../errors.js";

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/**
 * Calls the store until it answers, with growing, jittered pauses. The same commit may be written again: its token tells.
 * @throws SagaspecError `store-unavailable` once the signal is aborted
 */
export async function retryWhileDown<T>(
  call: () => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
  problem: (error: unknown) => void,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await call();
    } catch (cause) {
      problem(cause);
      if (!signal.aborted) await pause(pauseMs * (0.5 + jitter(clock) / 2), clock, signal);
      if (signal.aborted) {
        const text = "saga store: it did not answer before the worker stopped; another worker carries on";
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
