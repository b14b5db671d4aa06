import type { Failure } from "../../wire/failure.js";
import type { StepNode, WaitAction } from "../define/definition.js";
import { startTask } from "./attempt.js";
import { failureFromError } from "./failure-from-error.js";
import { subscribe, takeEarlyMessages } from "./keys.js";
import { contextOf, scopeOf } from "./scope.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Starts a step, unless it is not needed. */
export function startStep(turn: TransitionBuilder, step: StepNode): void {
  const { path, action } = step;
  const failure = begin(turn, step);
  if (failure === "not needed") skip(turn, path);
  else if (failure) fail(turn, path, failure);
  else if (!action || action.kind === "send") passed(turn, step);
  else {
    if (step.warnAfterMs !== undefined) updateStep(turn, path, { warnAt: turn.at + step.warnAfterMs });
    if (action.kind === "wait") listen(turn, step, action);
  }
}

/** Begins what the step does, if it is needed. Gives the failure of a function that throws. */
function begin(turn: TransitionBuilder, step: StepNode): Failure | "not needed" | undefined {
  const { action, when } = step;
  try {
    if (when && !when(scopeOf(turn.saga, step), contextOf(turn.saga, turn.at))) return "not needed";
  } catch (error) {
    return failureFromError(error);
  }
  return action && startTask(turn, { step, side: "do", action });
}

function listen(turn: TransitionBuilder, step: StepNode, action: WaitAction): void {
  subscribe(turn, step.path, action.operation.id, String(turn.saga.steps[step.path]?.do?.payload));
  takeEarlyMessages(turn, step);
}

function skip(turn: TransitionBuilder, path: string): void {
  note(turn, "step-skipped", { step: path });
  updateStep(turn, path, { status: "skipped" });
}

function fail(turn: TransitionBuilder, path: string, failure: Failure): void {
  note(turn, "step-failed", { step: path, data: { effect: "none", failure: { ...failure } } });
  updateStep(turn, path, { status: "failed", failure });
}

/** What waits for nothing is done at once. */
function passed(turn: TransitionBuilder, step: StepNode): void {
  updateStep(turn, step.path, { status: "done" });
  if (step.pivot) turn.saga.pivot = step.path;
  if (step.milestone !== undefined) note(turn, "milestone", { step: step.path, data: step.milestone });
}
