/** Where the pivot stands: what the saga may still turn back for depends on it. */
import type { StepNode } from "../definition.js";
import type { StepStatus } from "../instance.js";
import { stepsOf } from "../nodes.js";
import { note, type Turn } from "./turn.js";

export function isPivotOpen(turn: Turn): boolean {
  return isPivot(turn, "open", () => true);
}

/** Whether the pivot may have succeeded and cannot be undone: nothing but a person turns the saga back. */
export function isPivotUnknown(turn: Turn): boolean {
  return isPivot(turn, "unknown", ({ compensate }) => !compensate);
}

/** What was to turn the saga back does not: the history says why. */
export function refuseWish(turn: Turn, refused: string): void {
  const { wish } = turn.saga;
  if (!wish) return;
  delete turn.saga.wish;
  note(turn, "operated", { data: { action: wish.failure.name, refused } });
}

function isPivot({ saga, definition }: Turn, status: StepStatus, is: (step: StepNode) => boolean): boolean {
  return [...stepsOf(definition).values()].some(
    (step) => step.pivot && saga.steps[step.path]?.status === status && is(step),
  );
}
