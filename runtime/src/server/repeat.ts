import type { Clock } from "../core/clock.js";

/**
 * Does `work` again and again, never twice at a time. It answers how long to pause until the next time; what it throws
 * goes to `failed`, and the first pause comes again. Returns a function that ends it.
 */
export function repeat(
  clock: Clock,
  pauseMs: number,
  work: () => Promise<number>,
  failed: (error: unknown) => void,
): () => void {
  let isOver = false;
  let cancel = clock.after(pauseMs, once);

  function once(): void {
    work().then(next, (error) => {
      failed(error);
      next(pauseMs);
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
