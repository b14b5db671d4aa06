/** The way forward: walks the tree from its root, starts what can start, and says how the saga stands. */
import type { Node, StepNode } from "../definition.js";
import { isAtRest, type Retreat } from "../instance.js";
import { stepAt } from "../nodes.js";
import { isFinished, type SagaStatus } from "../store.js";
import { closeOpenTasks } from "./abandon.js";
import { compensate, isUnderWay, retreat, unresolved } from "./compensation.js";
import { advanceGroup } from "./groups.js";
import { askEarly, askNoMore } from "./keys.js";
import { isLoser } from "./losers.js";
import { isPivotOpen, refuseWish } from "./pivot.js";
import type { Progress } from "./progress.js";
import { tellOthers } from "./report.js";
import { startStep } from "./start.js";
import { note, type Turn } from "./turn.js";

/** Does everything that follows from the records as they are, and brings the saga's status in line with them. */
export function proceed(turn: Turn): void {
  if (!turn.saga.paused) settle(turn, move(turn));
}

function move(turn: Turn): SagaStatus {
  const { saga, definition } = turn;
  if (saga.stuck !== undefined) return "needs-attention";
  if (saga.wish && !isPivotOpen(turn)) grant(turn, saga.wish);
  if (!saga.retreat) {
    askEarly(turn);
    const progress = advance(turn, definition.root);
    if (saga.groups !== undefined) settleLosers(turn);
    if (progress === "open") return "running";
    if (progress === "done") {
      // A loser that turns out late to have succeeded is undone after the saga has ended: it does not run again for that.
      if (isUnderWay(turn)) return saga.status === "running" ? "running" : "compensating";
      return unresolved(turn).length > 0 ? "needs-attention" : "completed";
    }
    if (mustHold(turn, progress.failed)) return "needs-attention";
    retreat(turn, failureAt(turn, progress.failed), progress.failed);
  }
  if (compensate(turn)) return "compensating";
  if (saga.retreat?.leaveAsIs) return saga.retreat.end;
  return unresolved(turn).length > 0 ? "needs-attention" : (saga.retreat?.end ?? "compensated");
}

/** Turns back because somebody wants it, unless the pivot has been passed since. */
function grant(turn: Turn, wish: Retreat): void {
  if (turn.saga.pivot === undefined) {
    delete turn.saga.wish;
    if (wish.leaveAsIs) closeOpenTasks(turn);
    retreat(turn, wish.failure, wish.step, wish.end);
    if (wish.leaveAsIs && turn.saga.retreat) turn.saga.retreat = { ...turn.saga.retreat, leaveAsIs: true };
  } else refuseWish(turn, "the pivot has been passed since");
}

function advance(turn: Turn, node: Node): Progress {
  if (node.kind === "step") return advanceStep(turn, node);
  if (node.kind !== "sequence") return advanceGroup(turn, node, advance);
  for (const child of node.nodes) {
    const progress = advance(turn, child);
    if (progress !== "done") return progress;
  }
  return "done";
}

function advanceStep(turn: Turn, step: StepNode): Progress {
  if (!turn.saga.steps[step.path]) startStep(turn, step);
  const record = turn.saga.steps[step.path];
  if (record?.status === "open") return "open";
  if (record?.status === "skipped" || (record?.status === "done" && !record.failure)) return "done";
  return { failed: step.path };
}

/** What the members did that were not the first of an `any` is undone while the saga goes on. */
function settleLosers(turn: Turn): void {
  compensate(turn, (path) => isLoser(turn, path));
}

function failureAt({ saga }: Turn, path: string) {
  const failure = saga.steps[path]?.failure ?? saga.groups?.[path]?.failure;
  return failure ?? ({ kind: "terminal", name: "Error", message: "no reason is known" } as const);
}

/** Whether a failed step neither lets the saga go on nor turn back: past the pivot, a pivot of unknown outcome, or by choice. */
function mustHold({ saga, definition }: Turn, path: string): boolean {
  const record = saga.steps[path];
  if (saga.pivot !== undefined || record?.parked) return true;
  const step = stepAt(definition, path);
  return step?.pivot === true && record?.status === "unknown" && !step.compensate;
}

function settle(turn: Turn, status: SagaStatus): void {
  const { saga } = turn;
  if (saga.status === status) return;
  saga.status = status;
  if (!isAtRest(status)) return;
  if (isFinished(status) && !isUnderWay(turn)) {
    askNoMore(turn);
    delete saga.deadlineAt;
    delete saga.warnAt;
  }
  note(turn, "ended", { data: { status, unresolved: unresolved(turn) } });
  tellOthers(turn);
}
