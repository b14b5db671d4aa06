import { setTimeout as sleep } from "node:timers/promises";

const firstMs = 100;

/** Milliseconds before retry number `attempt` (0 is the first): doubles up to `maxMs`, of which a random half is left out. */
export function backoffMs(attempt: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30)) * (0.5 + Math.random() / 2);
}

/** Waits, unless `signal` ends it. Says whether it waited to the end. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** The promise's value, or undefined when it takes longer than `ms` or rejects. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = new AbortController();
  const timer = sleep(ms, undefined, { signal: late.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise.catch(() => undefined), timer]);
  } finally {
    late.abort();
  }
}

/** The promise, which rejects when the broker says nothing for `ms`: RabbitMQ may never answer a call made while it starts. */
export async function answered<T>(promise: Promise<T>, ms: number, silent: () => void): Promise<T> {
  const late = new AbortController();
  const silence = sleep(ms, undefined, { signal: late.signal }).then(() => {
    silent();
    throw new Error(`the broker did not answer within ${ms} ms`);
  });
  silence.catch(() => undefined);
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, silence]);
  } finally {
    late.abort();
  }
}
