/** When retention has shrunk and deleted a finished saga at the latest. */
import { durationMs } from "../../core/duration.js";
import { isFinished, type SagaRow } from "../../saga/store/saga-store.js";
import type { Scenario } from "./scenario.js";

/** A worker looks for finished sagas once a minute or so, and something may go wrong then. */
const slackMs = 160_000;

export interface RetentionCheck {
  /** A history has to last that long for something to be deleted. */
  readonly leastMs: number;
  /** What may be left of a saga by now: nothing, at most a tombstone, or anything. */
  leaves(row: SagaRow, now: number): "nothing" | "tombstone" | "anything";
}

/** As a scenario wants it. Without a retention of its own histories are too short for anything to be deleted. */
export function retentionOf({ runner: { retention } = {} }: Scenario): RetentionCheck {
  if (!retention) return { leastMs: 0, leaves: () => "anything" };
  const { lateWindow = "24h", keep = "30d" } = retention;
  const lateMs = durationMs(lateWindow);
  const keepMs = keep === false ? Number.POSITIVE_INFINITY : durationMs(keep);
  return {
    leastMs: Math.max(lateMs, keep === false ? 0 : keepMs) + slackMs,
    leaves({ status, updatedAt }, now) {
      const finishedMs = isFinished(status) ? now - updatedAt - slackMs : Number.NEGATIVE_INFINITY;
      if (finishedMs > keepMs) return "nothing";
      return finishedMs > lateMs ? "tombstone" : "anything";
    },
  };
}
