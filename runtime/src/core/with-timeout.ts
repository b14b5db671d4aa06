import type { Clock } from "./clock.js";

/** What ends a wait before its promise does. */
export interface TimeoutOptions {
  readonly clock: Clock;
  readonly ms?: number;
  /** The error of a wait that took longer than `ms`. */
  readonly late?: () => Error;
  readonly signal?: AbortSignal | undefined;
}

/** What comes of the promise, unless its time is over or the signal, not aborted so far, is aborted first. */
export function withTimeout<T>(promise: Promise<T>, { clock, ms, late, signal }: TimeoutOptions): Promise<T> {
  if (ms === undefined && !signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => {
      cancel?.();
      signal?.removeEventListener("abort", abort);
    };
    const giveUp = (reason: unknown) => {
      end();
      reject(reason);
    };
    const abort = () => giveUp(signal?.reason);
    const cancel = ms === undefined ? undefined : clock.after(ms, () => giveUp(late?.()), true);
    signal?.addEventListener("abort", abort, { once: true });
    promise.finally(end).then(resolve, reject);
  });
}
