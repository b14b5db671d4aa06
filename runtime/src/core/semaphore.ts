/**
 * Lets at most so many pieces of work run at a time. The others wait, and run in the order in which they came.
 * @example
 * const limited = createSemaphore(4);
 * await limited(() => transaction());
 */
export function createSemaphore(atATime: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atATime) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The one that waits takes the place.
      if (next) next();
      else running--;
    }
  };
}
