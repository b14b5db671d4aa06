import { type Clock, jitter, systemClock } from "./clock.js";
import { SagaspecError } from "./errors.js";

/** What ends a wait before its promise does. */
export interface TimeoutOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  readonly ms?: number;
  /** The error of a wait that took longer than `ms`. */
  readonly late?: () => Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What comes of the promise, unless its time is over or the signal, not aborted so far, is aborted first. The wait keeps
 * the process alive.
 */
export function withTimeout<T>(promise: Promise<T>, options: TimeoutOptions): Promise<T> {
  const { clock = systemClock, ms, late, signal } = options;
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

/** The promise's value, or undefined when it takes longer than `ms` or rejects. */
export async function valueWithin<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return withTimeout(promise, { ms }).catch(() => undefined);
}

/** Waits. Says whether it waited to the end: the signal ends it earlier. */
export function pause(ms: number, signal: AbortSignal, clock: Clock = systemClock): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve(!signal.aborted);
    };
    const cancel = clock.after(ms, end, true);
    signal.addEventListener("abort", end);
  });
}

/** Pauses that double from `firstMs` up to `maxMs`. */
export interface Backoff {
  /** @default 100 */
  readonly firstMs?: number;
  readonly maxMs: number;
  /** @default the machine's */
  readonly clock?: Clock;
}

/** Milliseconds before a retry; 0 is the first. A random part of up to a half is left out, so that many do not meet. */
export function backoffMs(retry: number, { firstMs = 100, maxMs, clock = systemClock }: Backoff): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(retry, 30)) * (0.5 + jitter(clock) / 2);
}

/** How long, and after what, a store is asked again. */
export interface Patience {
  readonly clock: Clock;
  /** Aborted when the answer is not needed any more. */
  readonly signal: AbortSignal;
  /** After this time nothing is asked again. @default until the signal is aborted */
  readonly maxMs?: number;
  /** Whether asking again may help. @default always */
  readonly isDown?: (error: unknown) => boolean;
  /** Called with each failure after which the store is asked again, or would be without the abort. */
  problem(error: unknown): void;
}

const longestPauseMs = 1_000;

/**
 * Calls a store until it answers, with growing, jittered pauses. What is written may be written again: its token shows
 * that it is the same.
 * @throws what was thrown last, or SagaspecError `store-unavailable` once the signal is aborted
 */
export async function retryWhileDown<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, signal, maxMs = Number.POSITIVE_INFINITY, isDown = () => true, problem } = patience;
  const until = clock.now() + maxMs;
  for (let retry = 0; ; retry++) {
    try {
      return await call();
    } catch (cause) {
      if (!isDown(cause) || clock.now() >= until) throw cause;
      problem(cause);
      await pause(backoffMs(retry, { maxMs: longestPauseMs, clock }), signal, clock);
      if (signal.aborted) {
        const text = "the store did not answer before this process stopped; another one carries on";
        throw new SagaspecError("store-unavailable", text, { cause, retryable: true });
      }
    }
  }
}

/**
 * Does `work` again and again, never twice at a time. It returns how long to pause until the next time; what it throws
 * goes to `failed`, and `failedPauseMs` follows. Returns a function that ends it. Does not keep the process alive.
 */
export function repeat(
  clock: Clock,
  pauseMs: number,
  work: () => Promise<number>,
  failed: (error: unknown) => void,
  failedPauseMs: number = pauseMs,
): () => void {
  let isOver = false;
  let cancel = clock.after(pauseMs, once);

  function once(): void {
    work().then(next, (error) => {
      failed(error);
      next(failedPauseMs);
    });
  }

  function next(ms: number): void {
    if (!isOver) cancel = clock.after(ms, once);
  }

  return () => {
    isOver = true;
    cancel();
  };
}
