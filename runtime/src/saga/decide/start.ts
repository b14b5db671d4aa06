import type { Failure } from "../../wire/failure.js";
import type { StepNode, WaitAction } from "../define/definition.js";
import { startTask } from "./attempt.js";
import { subscribe, takeEarlyMessages } from "./keys.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Starts a step, or skips it where its `when` says so. */
export function startStep(transition: TransitionBuilder, step: StepNode): void {
  const { path, action } = step;
  const failure = begin(transition, step);
  if (failure === "not needed") skip(transition, path);
  else if (failure) fail(transition, path, failure);
  else if (!action || action.kind === "send") passed(transition, step);
  else {
    if (step.warnAfterMs !== undefined) updateStep(transition, path, { warnAt: transition.at + step.warnAfterMs });
    if (action.kind === "wait") listen(transition, step, action);
  }
}

/** Begins what the step does, if it is needed. Returns the failure when one of its functions throws. */
function begin(transition: TransitionBuilder, step: StepNode): Failure | "not needed" | undefined {
  const { action, when } = step;
  try {
    if (when && !when(scopeOf(transition.saga, step), contextOf(transition.saga, transition.at))) return "not needed";
  } catch (error) {
    return failureFromError(error);
  }
  return action && startTask(transition, { step, side: "do", action });
}

function listen(transition: TransitionBuilder, step: StepNode, action: WaitAction): void {
  subscribe(transition, step.path, action.operation.id, String(transition.saga.steps[step.path]?.do?.payload));
  takeEarlyMessages(transition, step);
}

function skip(transition: TransitionBuilder, path: string): void {
  note(transition, "step-skipped", { step: path });
  updateStep(transition, path, { status: "skipped" });
}

function fail(transition: TransitionBuilder, path: string, failure: Failure): void {
  note(transition, "step-failed", { step: path, data: { effect: "none", failure: { ...failure } } });
  updateStep(transition, path, { status: "failed", failure });
}

/** Marks a step as done that waits for no outcome. */
function passed(transition: TransitionBuilder, step: StepNode): void {
  updateStep(transition, step.path, { status: "done" });
  if (step.pivot) transition.saga.pivot = step.path;
  if (step.milestone !== undefined) note(transition, "milestone", { step: step.path, data: step.milestone });
}
