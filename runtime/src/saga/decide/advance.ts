/** The way forward: walks the tree from its root, starts what can start, and computes the saga's status. */
import type { Node, StepNode } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { isAtRest, type Rollback } from "../store/instance.js";
import { isFinished, type SagaStatus } from "../store/saga-store.js";
import { closeOpenTasks } from "./abandon.js";
import { compensate, isUnderWay, rollBack, unresolved } from "./compensation.js";
import { advanceGroup, type Progress } from "./groups.js";
import { subscribeEarly, unsubscribeAll } from "./keys.js";
import { isPivotOpen, refusePendingRollback } from "./pivot.js";
import { isRaceLoser } from "./race.js";
import { tellOthers } from "./report.js";
import { startStep } from "./start.js";
import { note, type TransitionBuilder } from "./transition-builder.js";

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
