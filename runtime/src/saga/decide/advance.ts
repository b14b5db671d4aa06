/** The way forward: walks the tree from its root, starts what can start, and computes the saga's status. */
import type { Failure } from "../../wire/failure.js";
import type { Node, StepNode, WaitAction } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { isAtRest, type Rollback } from "../store/instance.js";
import { isFinished, type SagaStatus } from "../store/saga-store.js";
import { startTask } from "./attempt.js";
import { compensate, isUnderWay, rollBack, unresolved } from "./compensation.js";
import { advanceGroup, type Progress } from "./groups.js";
import { subscribe, subscribeEarly, takeEarlyMessages, unsubscribeAll } from "./keys.js";
import { isPivotOpen, refusePendingRollback } from "./pivot.js";
import { isRaceLoser } from "./race.js";
import { tellOthers } from "./report.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { closeOpenTasks } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Does everything that follows from the records as they are, and brings the saga's status in line with them. */
export function proceed(transition: TransitionBuilder): void {
  if (!transition.saga.paused) settle(transition, move(transition));
}

function move(transition: TransitionBuilder): SagaStatus {
  const { saga, definition } = transition;
  if (saga.stuck !== undefined) return "needs-attention";
  if (saga.wish && !isPivotOpen(transition)) grant(transition, saga.wish);
  if (!saga.retreat) {
    subscribeEarly(transition);
    const progress = advance(transition, definition.root);
    if (saga.groups !== undefined) settleLosers(transition);
    if (progress === "open") return "running";
    if (progress === "done") {
      // A race loser whose success arrives late is undone after the saga has ended; the saga keeps its status meanwhile.
      if (isUnderWay(transition)) return saga.status === "running" ? "running" : "compensating";
      return unresolved(transition).length > 0 ? "needs-attention" : "completed";
    }
    if (mustHold(transition, progress.failed)) return "needs-attention";
    rollBack(transition, failureAt(transition, progress.failed), progress.failed);
  }
  if (compensate(transition)) return "compensating";
  if (saga.retreat?.leaveAsIs) return saga.retreat.end;
  return unresolved(transition).length > 0 ? "needs-attention" : (saga.retreat?.end ?? "compensated");
}

/** Carries out a pending rollback, unless the pivot has been passed since it was asked for. */
function grant(transition: TransitionBuilder, wish: Rollback): void {
  if (transition.saga.pivot === undefined) {
    delete transition.saga.wish;
    if (wish.leaveAsIs) closeOpenTasks(transition);
    rollBack(transition, wish.failure, wish.step, wish.end);
    if (wish.leaveAsIs && transition.saga.retreat)
      transition.saga.retreat = { ...transition.saga.retreat, leaveAsIs: true };
  } else refusePendingRollback(transition, "the pivot has been passed since");
}

function advance(transition: TransitionBuilder, node: Node): Progress {
  if (node.kind === "step") return advanceStep(transition, node);
  if (node.kind !== "sequence") return advanceGroup(transition, node, advance);
  for (const child of node.nodes) {
    const progress = advance(transition, child);
    if (progress !== "done") return progress;
  }
  return "done";
}

function advanceStep(transition: TransitionBuilder, step: StepNode): Progress {
  if (!transition.saga.steps[step.path]) startStep(transition, step);
  const record = transition.saga.steps[step.path];
  if (record?.status === "open") return "open";
  if (record?.status === "skipped" || (record?.status === "done" && !record.failure)) return "done";
  return { failed: step.path };
}

/** Compensates the members that lost the race of an `any` group, while the saga goes on. */
function settleLosers(transition: TransitionBuilder): void {
  compensate(transition, (path) => isRaceLoser(transition, path));
}

function failureAt({ saga }: TransitionBuilder, path: string) {
  const failure = saga.steps[path]?.failure ?? saga.groups?.[path]?.failure;
  return failure ?? ({ kind: "terminal", name: "Error", message: "no reason is known" } as const);
}

/** Whether a failed step allows neither progress nor rollback: past the pivot, a pivot of unknown outcome, or parked by `onFailure`. */
function mustHold({ saga, definition }: TransitionBuilder, path: string): boolean {
  const record = saga.steps[path];
  if (saga.pivot !== undefined || record?.parked) return true;
  const step = stepAt(definition, path);
  return step?.pivot === true && record?.status === "unknown" && !step.compensate;
}

function settle(transition: TransitionBuilder, status: SagaStatus): void {
  const { saga } = transition;
  if (saga.status === status) return;
  saga.status = status;
  if (!isAtRest(status)) return;
  if (isFinished(status) && !isUnderWay(transition)) {
    unsubscribeAll(transition);
    delete saga.deadlineAt;
    delete saga.warnAt;
  }
  note(transition, "ended", { data: { status, unresolved: unresolved(transition) } });
  tellOthers(transition);
}

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
