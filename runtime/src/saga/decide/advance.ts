/** The way forward: walks the tree from its root, starts what can start, and says how the saga stands. */
import type { Node, StepNode } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { isAtRest, type Rollback } from "../store/instance.js";
import { isFinished, type SagaStatus } from "../store/saga-store.js";
import { closeOpenTasks } from "./abandon.js";
import { compensate, isUnderWay, rollBack, unresolved } from "./compensation.js";
import { advanceGroup } from "./groups.js";
import { subscribeEarly, unsubscribeAll } from "./keys.js";
import { isPivotOpen, refusePendingRollback } from "./pivot.js";
import type { Progress } from "./progress.js";
import { isRaceLoser } from "./race.js";
import { tellOthers } from "./report.js";
import { startStep } from "./start.js";
import { note, type TransitionBuilder } from "./transition-builder.js";

/** Does everything that follows from the records as they are, and brings the saga's status in line with them. */
export function proceed(turn: TransitionBuilder): void {
  if (!turn.saga.paused) settle(turn, move(turn));
}

function move(turn: TransitionBuilder): SagaStatus {
  const { saga, definition } = turn;
  if (saga.stuck !== undefined) return "needs-attention";
  if (saga.wish && !isPivotOpen(turn)) grant(turn, saga.wish);
  if (!saga.retreat) {
    subscribeEarly(turn);
    const progress = advance(turn, definition.root);
    if (saga.groups !== undefined) settleLosers(turn);
    if (progress === "open") return "running";
    if (progress === "done") {
      // A loser that turns out late to have succeeded is undone after the saga has ended: it does not run again for that.
      if (isUnderWay(turn)) return saga.status === "running" ? "running" : "compensating";
      return unresolved(turn).length > 0 ? "needs-attention" : "completed";
    }
    if (mustHold(turn, progress.failed)) return "needs-attention";
    rollBack(turn, failureAt(turn, progress.failed), progress.failed);
  }
  if (compensate(turn)) return "compensating";
  if (saga.retreat?.leaveAsIs) return saga.retreat.end;
  return unresolved(turn).length > 0 ? "needs-attention" : (saga.retreat?.end ?? "compensated");
}

/** Turns back because somebody wants it, unless the pivot has been passed since. */
function grant(turn: TransitionBuilder, wish: Rollback): void {
  if (turn.saga.pivot === undefined) {
    delete turn.saga.wish;
    if (wish.leaveAsIs) closeOpenTasks(turn);
    rollBack(turn, wish.failure, wish.step, wish.end);
    if (wish.leaveAsIs && turn.saga.retreat) turn.saga.retreat = { ...turn.saga.retreat, leaveAsIs: true };
  } else refusePendingRollback(turn, "the pivot has been passed since");
}

function advance(turn: TransitionBuilder, node: Node): Progress {
  if (node.kind === "step") return advanceStep(turn, node);
  if (node.kind !== "sequence") return advanceGroup(turn, node, advance);
  for (const child of node.nodes) {
    const progress = advance(turn, child);
    if (progress !== "done") return progress;
  }
  return "done";
}

function advanceStep(turn: TransitionBuilder, step: StepNode): Progress {
  if (!turn.saga.steps[step.path]) startStep(turn, step);
  const record = turn.saga.steps[step.path];
  if (record?.status === "open") return "open";
  if (record?.status === "skipped" || (record?.status === "done" && !record.failure)) return "done";
  return { failed: step.path };
}

/** What the members did that were not the first of an `any` is undone while the saga goes on. */
function settleLosers(turn: TransitionBuilder): void {
  compensate(turn, (path) => isRaceLoser(turn, path));
}

function failureAt({ saga }: TransitionBuilder, path: string) {
  const failure = saga.steps[path]?.failure ?? saga.groups?.[path]?.failure;
  return failure ?? ({ kind: "terminal", name: "Error", message: "no reason is known" } as const);
}

/** Whether a failed step neither lets the saga go on nor turn back: past the pivot, a pivot of unknown outcome, or by choice. */
function mustHold({ saga, definition }: TransitionBuilder, path: string): boolean {
  const record = saga.steps[path];
  if (saga.pivot !== undefined || record?.parked) return true;
  const step = stepAt(definition, path);
  return step?.pivot === true && record?.status === "unknown" && !step.compensate;
}

function settle(turn: TransitionBuilder, status: SagaStatus): void {
  const { saga } = turn;
  if (saga.status === status) return;
  saga.status = status;
  if (!isAtRest(status)) return;
  if (isFinished(status) && !isUnderWay(turn)) {
    unsubscribeAll(turn);
    delete saga.deadlineAt;
    delete saga.warnAt;
  }
  note(turn, "ended", { data: { status, unresolved: unresolved(turn) } });
  tellOthers(turn);
}
