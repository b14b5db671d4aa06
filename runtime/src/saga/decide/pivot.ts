/** Where the pivot stands: whether the saga may still roll back depends on it. */
import type { StepNode } from "../define/definition.js";
import { stepsOf } from "../define/nodes.js";
import type { StepStatus } from "../store/instance.js";
import { note, type TransitionBuilder } from "./transition-builder.js";

export function isPivotOpen(transition: TransitionBuilder): boolean {
  return isPivot(transition, "open", () => true);
}

/** Whether the pivot may have succeeded and has no compensation: only an operator can decide then. */
export function isPivotUnknown(transition: TransitionBuilder): boolean {
  return isPivot(transition, "unknown", ({ compensate }) => !compensate);
}

/** Drops the pending rollback and records why. */
export function refusePendingRollback(transition: TransitionBuilder, refused: string): void {
  const { wish } = transition.saga;
  if (!wish) return;
  delete transition.saga.wish;
  note(transition, "operated", { data: { action: wish.failure.name, refused } });
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
