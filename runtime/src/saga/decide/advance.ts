/** The way forward: walks the tree from its root, starts what can start, and says how the saga stands. */
import { type Node, type StepNode, stepsOf } from "../definition.js";
import { isAtRest, type Retreat } from "../instance.js";
import type { SagaStatus } from "../store.js";
import { closeOpenTasks, startTask } from "./attempt.js";
import { compensate, isRetreating, retreat, unresolved } from "./compensation.js";
import { note, type Turn, updateStep } from "./turn.js";

/** What has become of a node: under way, behind us, or stopped by one of its steps. */
type Progress = "open" | "done" | { readonly failed: StepNode };

/** Does everything that follows from the records as they are, and brings the saga's status in line with them. */
export function proceed(turn: Turn): void {
  if (!turn.saga.paused) settle(turn, move(turn));
}

function move(turn: Turn): SagaStatus {
  const { saga, definition } = turn;
  if (saga.stuck !== undefined) return "needs-attention";
  if (saga.wish && !isPivotOpen(turn)) grant(turn, saga.wish);
  if (!saga.retreat) {
    const progress = advance(turn, definition.root);
    if (progress === "open") return "running";
    if (progress === "done") return "completed";
    const { path } = progress.failed;
    if (mustHold(turn, progress.failed)) return "needs-attention";
    retreat(
      turn,
      saga.steps[path]?.failure ?? { kind: "terminal", name: "Error", message: "no reason is known" },
      path,
    );
  }
  compensate(turn);
  if (isRetreating(turn)) return "compensating";
  if (saga.retreat?.leaveAsIs) return saga.retreat.end;
  return unresolved(turn).length > 0 ? "needs-attention" : (saga.retreat?.end ?? "compensated");
}

function isPivotOpen({ saga, definition }: Turn): boolean {
  return [...stepsOf(definition).values()].some((step) => step.pivot && saga.steps[step.path]?.status === "open");
}

/** Turns back because somebody wants it, unless the pivot has been passed since. */
function grant(turn: Turn, wish: Retreat): void {
  delete turn.saga.wish;
  if (turn.saga.pivot === undefined) {
    if (wish.leaveAsIs) closeOpenTasks(turn);
    retreat(turn, wish.failure, undefined, wish.end);
    if (wish.leaveAsIs && turn.saga.retreat) turn.saga.retreat = { ...turn.saga.retreat, leaveAsIs: true };
  } else note(turn, "operated", { data: { action: wish.failure.name, refused: "the pivot has been passed since" } });
}

function advance(turn: Turn, node: Node): Progress {
  if (node.kind === "step") return advanceStep(turn, node);
  for (const child of node.nodes) {
    const progress = advance(turn, child);
    if (progress !== "done") return progress;
  }
  return "done";
}

function advanceStep(turn: Turn, step: StepNode): Progress {
  if (!turn.saga.steps[step.path]) start(turn, step);
  const record = turn.saga.steps[step.path];
  if (record?.status === "open") return "open";
  if (record?.status === "skipped" || (record?.status === "done" && !record.failure)) return "done";
  return { failed: step };
}

function start(turn: Turn, step: StepNode): void {
  const { path, action } = step;
  const failure = action && startTask(turn, { step, side: "do", action });
  if (failure) {
    note(turn, "step-failed", { step: path, data: { effect: "none", failure: { ...failure } } });
    updateStep(turn, path, { status: "failed", failure });
  } else if (!action || action.kind === "send") {
    updateStep(turn, path, { status: "done" });
    if (step.pivot) turn.saga.pivot = path;
  }
}

/** Whether a failed step neither lets the saga go on nor turn back: past the pivot, a pivot of unknown outcome, or by choice. */
function mustHold(turn: Turn, step: StepNode): boolean {
  const record = turn.saga.steps[step.path];
  if (turn.saga.pivot !== undefined || record?.parked) return true;
  return step.pivot && record?.status === "unknown" && !step.compensate;
}

function settle(turn: Turn, status: SagaStatus): void {
  const { saga } = turn;
  if (saga.status === status) return;
  saga.status = status;
  if (isAtRest(status)) note(turn, "ended", { data: { status, unresolved: unresolved(turn) } });
}
