/** Lets a history run until everything has come to rest. */
import { isFinished } from "../../saga/store/saga-store.js";
import type { System } from "./system.js";

/** There are faults that long, from the beginning and after each time that was skipped. */
const faultsMs = 20_000;
/** Processes that died, messages that were held back and connections that were lost are back within this time after. */
const recoveryMs = 15_000;
/** Nothing more is on its way when everything has been at rest that long. */
const quietMs = 3_000;
/** What has not come to rest in this time, after the last that was skipped, waits for ever. */
const horizonMs = 15 * 60_000;
/** Waiting that is longer than this is skipped. */
const longWaitMs = 60_000;
const mostSkips = 200;

export interface Rest {
  readonly isAtRest: () => boolean;
  /** Whether nothing is under way, though sagas may wait for a time to come. */
  readonly isIdle: () => boolean;
  readonly isOver: () => boolean;
}

/**
 * Lets time pass until everything has been at rest for a while, or until a promise is broken or the time is up. Where all
 * that is left is to wait, for minutes or for months, that time is skipped, and things go wrong once more.
 */
export async function untilRest(system: System, { isAtRest, isIdle, isOver }: Rest): Promise<void> {
  const { time, injector, trace } = system;
  let since = 0;
  let lookAt = 0;
  let restsSince: number | undefined;
  let skips = 0;
  while (!isOver() && time.elapsed - since <= horizonMs && (await time.step())) {
    if (time.elapsed - since >= faultsMs) injector.end();
    if (time.elapsed < lookAt) continue;
    lookAt = time.elapsed + 100;
    restsSince = isAtRest() ? (restsSince ?? time.elapsed) : undefined;
    if (restsSince !== undefined && time.elapsed - restsSince >= quietMs) return;
    if (restsSince !== undefined || skips === mostSkips || time.elapsed - since < faultsMs + recoveryMs) continue;
    const waitMs = isIdle() ? nextDueIn(system) : undefined;
    if (waitMs === undefined || waitMs < longWaitMs) continue;
    trace(() => `time: nothing happens for ${waitMs} ms`);
    time.skip(waitMs - 1_000);
    injector.begin();
    since = time.elapsed;
    skips += 1;
  }
}

/** In how many milliseconds the next saga is due; undefined where one waits for something else than time, or none waits. */
function nextDueIn({ ledger, time }: System): number | undefined {
  let next: number | undefined;
  for (const row of ledger.rows.values()) {
    if (isFinished(row.status)) continue;
    if (row.paused || (row.status === "needs-attention" && !ledger.rests(row))) return undefined;
    if (row.dueAt !== undefined) next = Math.min(next ?? row.dueAt, row.dueAt);
  }
  return next === undefined ? undefined : next - time.now;
}
