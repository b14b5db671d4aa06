/** Gives up what is under way: no further attempt is made, and an outcome that still arrives is a late reply. */

import { stepAt } from "../define/nodes.js";
import type { Side } from "../store/ids.js";
import { closed, taskOf } from "./task.js";
import { closeEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Gives up everything that is under way, whatever its outcome. */
export function closeOpenTasks(transition: TransitionBuilder): void {
  for (const path of Object.keys(transition.saga.steps))
    for (const side of ["do", "undo"] as const) abandonTask(transition, path, side);
}

/** Stops these steps from doing anything new: those that wait, sleep or are between two attempts are given up. */
export function standDown(transition: TransitionBuilder, concerns: (path: string) => boolean): void {
  for (const [path, record] of Object.entries(transition.saga.steps)) {
    if (record.status !== "open" || !concerns(path)) continue;
    const isQuiet = record.do?.phase === "backoff" || isIdle(transition, path);
    if (isQuiet) abandonTask(transition, path, "do");
  }
}

/** Whether the step does nothing but wait. */
function isIdle(transition: TransitionBuilder, path: string): boolean {
  const kind = stepAt(transition.definition, path)?.action?.kind;
  return kind === "wait" || kind === "sleep";
}

/** Gives up the step's task on that side, if one is under way. */
export function abandonTask(transition: TransitionBuilder, path: string, side: Side): void {
  const task = taskOf(transition.saga.steps[path], side);
  if (!task || task.phase === "closed") return;
  if (task.phase === "open") closeEffect(transition, task);
  const isRefused = task.refused === task.attempt;
  const forward = isIdle(transition, path) ? "skipped" : isRefused ? "failed" : "unknown";
  const given = side === "do" ? forward : "undo-failed";
  updateStep(transition, path, { [side]: closed(task), status: given });
}
