/** Where the pivot stands: what the saga may still turn back for depends on it. */
import type { StepNode } from "../define/definition.js";
import { stepsOf } from "../define/nodes.js";
import type { StepStatus } from "../store/instance.js";
import { note, type TransitionBuilder } from "./transition-builder.js";

export function isPivotOpen(turn: TransitionBuilder): boolean {
  return isPivot(turn, "open", () => true);
}

/** Whether the pivot may have succeeded and cannot be undone: nothing but a person turns the saga back. */
export function isPivotUnknown(turn: TransitionBuilder): boolean {
  return isPivot(turn, "unknown", ({ compensate }) => !compensate);
}

/** What was to turn the saga back does not: the history says why. */
export function refusePendingRollback(turn: TransitionBuilder, refused: string): void {
  const { wish } = turn.saga;
  if (!wish) return;
  delete turn.saga.wish;
  note(turn, "operated", { data: { action: wish.failure.name, refused } });
}

function isPivot(
  { saga, definition }: TransitionBuilder,
  status: StepStatus,
  is: (step: StepNode) => boolean,
): boolean {
  return [...stepsOf(definition).values()].some(
    (step) => step.pivot && saga.steps[step.path]?.status === status && is(step),
  );
}
