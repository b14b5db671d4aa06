/** Giving up what is under way: no attempt follows, and whatever is heard of it is late. */

import { stepAt } from "../define/nodes.js";
import type { Side } from "../store/ids.js";
import { closed, taskOf } from "./task.js";
import { closeEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Gives up everything that is under way, whatever its outcome. */
export function closeOpenTasks(turn: TransitionBuilder): void {
  for (const path of Object.keys(turn.saga.steps))
    for (const side of ["do", "undo"] as const) abandonTask(turn, path, side);
}

/** Nothing new begins among these steps: what waits, sleeps or is between two attempts is given up. */
export function standDown(turn: TransitionBuilder, concerns: (path: string) => boolean): void {
  for (const [path, record] of Object.entries(turn.saga.steps)) {
    if (record.status !== "open" || !concerns(path)) continue;
    const isQuiet = record.do?.phase === "backoff" || isIdle(turn, path);
    if (isQuiet) abandonTask(turn, path, "do");
  }
}

/** Whether the step does nothing but wait. */
function isIdle(turn: TransitionBuilder, path: string): boolean {
  const kind = stepAt(turn.definition, path)?.action?.kind;
  return kind === "wait" || kind === "sleep";
}

/** Gives up a task, if one is under way. */
export function abandonTask(turn: TransitionBuilder, path: string, side: Side): void {
  const task = taskOf(turn.saga.steps[path], side);
  if (!task || task.phase === "closed") return;
  if (task.phase === "open") closeEffect(turn, task);
  const isRefused = task.refused === task.attempt;
  const forward = isIdle(turn, path) ? "skipped" : isRefused ? "failed" : "unknown";
  const given = side === "do" ? forward : "undo-failed";
  updateStep(turn, path, { [side]: closed(task), status: given });
}
