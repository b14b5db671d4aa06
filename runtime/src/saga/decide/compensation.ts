/** The way back: latest started first, one at a time, and a compensation that fails does not stop the others. */
import { type StepNode, stepsOf } from "../definition.js";
import type { Failure } from "../effects.js";
import type { StepRecord } from "../instance.js";
import { closeOpenTasks, startTask } from "./attempt.js";
import { giveUpUndo } from "./outcome.js";
import { note, type Turn, updateStep } from "./turn.js";

/** Turns the saga back. */
export function retreat(
  turn: Turn,
  failure: Failure,
  step?: string,
  end: "compensated" | "cancelled" = "compensated",
): void {
  closeOpenTasks(turn, true);
  turn.saga.retreat = { ...(step === undefined ? undefined : { step }), failure, end };
  note(turn, "retreated", { ...(step === undefined ? undefined : { step }), data: { end, failure: { ...failure } } });
}

/** Starts the next compensation, once no command is open. Whether the outcome is known or not decides what there is to undo. */
export function compensate(turn: Turn): void {
  for (;;) {
    if (Object.values(turn.saga.steps).some(isUnderWay)) return;
    const step = lastToUndo(turn);
    if (!step) return;
    undo(turn, step);
  }
}

/** Whether the way back is not at its end yet. */
export function isRetreating(turn: Turn): boolean {
  return Object.values(turn.saga.steps).some(isUnderWay) || lastToUndo(turn) !== undefined;
}

/** Steps whose compensation has failed. */
export function unresolved(turn: Turn): string[] {
  return Object.keys(turn.saga.steps).filter((path) => turn.saga.steps[path]?.status === "undo-failed");
}

function isUnderWay({ status }: StepRecord): boolean {
  return status === "open" || status === "undoing";
}

function lastToUndo(turn: Turn): StepNode | undefined {
  if (turn.saga.retreat?.leaveAsIs) return undefined;
  let last: StepNode | undefined;
  let order = 0;
  for (const [path, record] of Object.entries(turn.saga.steps)) {
    if (record.order <= order || (record.status !== "done" && record.status !== "unknown")) continue;
    const step = stepsOf(turn.definition).get(path);
    if (!step?.compensate) continue;
    last = step;
    order = record.order;
  }
  return last;
}

function undo(turn: Turn, step: StepNode): void {
  const { path, compensate: action } = step;
  if (!action) return;
  updateStep(turn, path, { status: "undoing" });
  const failure = startTask(turn, { step, side: "undo", action });
  if (failure) giveUpUndo(turn, path, failure);
  else if (action.kind === "send") updateStep(turn, path, { status: "undone" });
}
