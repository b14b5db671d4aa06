/** What becomes of sagas that have finished: when at the latest retention has shrunk and deleted them. */
import { durationMs } from "../../core/duration.js";
import { isFinished, type SagaRow } from "../../saga/store/saga-store.js";
import type { Scenario } from "./scenario.js";

/** A worker looks at them once a minute or so, and something may go wrong then. */
const slackMs = 160_000;

export interface Forgetting {
  /** A history has to last that long for something to be forgotten. */
  readonly leastMs: number;
  /** What must be left of a saga by now: nothing, at most a tombstone, or no matter what. */
  leaves(row: SagaRow, now: number): "nothing" | "tombstone" | "anything";
}

/** As a scenario wants it; without a word of it histories are too short for anything to be forgotten. */
export function forgettingOf({ runner: { retention } = {} }: Scenario): Forgetting {
  if (!retention) return { leastMs: 0, leaves: () => "anything" };
  const { lateWindow = "24h", keep = "30d" } = retention;
  const lateMs = durationMs(lateWindow);
  const keepMs = keep === false ? Number.POSITIVE_INFINITY : durationMs(keep);
  return {
    leastMs: Math.max(lateMs, keep === false ? 0 : keepMs) + slackMs,
    leaves({ status, updatedAt }, now) {
      const restsMs = isFinished(status) ? now - updatedAt - slackMs : Number.NEGATIVE_INFINITY;
      if (restsMs > keepMs) return "nothing";
      return restsMs > lateMs ? "tombstone" : "anything";
    },
  };
}
