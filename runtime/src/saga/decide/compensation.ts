/** The way back: the step started last is undone first, one at a time. A compensation that fails does not stop the others. */
import type { Failure } from "../../wire/failure.js";
import type { StepNode } from "../define/definition.js";
import { groupAt, stepAt } from "../define/nodes.js";
import type { StepRecord } from "../store/instance.js";
import { startTask } from "./attempt.js";
import { giveUpUndo } from "./outcome.js";
import { abandonTask, standDown } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Begins the rollback of the saga. */
export function rollBack(
  transition: TransitionBuilder,
  failure: Failure,
  step?: string,
  end: "compensated" | "cancelled" = "compensated",
): void {
  standDown(transition, everything);
  transition.saga.retreat = { ...(step === undefined ? undefined : { step }), failure, end };
  note(transition, "retreated", {
    ...(step === undefined ? undefined : { step }),
    data: { end, failure: { ...failure } },
  });
}

/**
 * Undoes these steps, once none of their commands is open: what there is to undo depends on the outcomes. Returns whether
 * something is still under way.
 */
export function compensate(transition: TransitionBuilder, concerns: (path: string) => boolean = everything): boolean {
  if (transition.saga.retreat?.leaveAsIs) return false;
  stopChildren(transition, concerns);
  for (;;) {
    const underWay = pathsOf(transition, concerns, ({ status }) => status === "open" || status === "undoing");
    const step = lastToUndo(transition, concerns);
    if (!step || !mayStart(transition, step, underWay)) return underWay.length > 0;
    undo(transition, step);
  }
}

/** Whether a step or a compensation has started and not ended. */
export function isUnderWay({ saga }: TransitionBuilder): boolean {
  for (const path in saga.steps) {
    const status = saga.steps[path]?.status;
    if (status === "open" || status === "undoing") return true;
  }
  return false;
}

/** Steps whose compensation has failed. */
export function unresolved(transition: TransitionBuilder): string[] {
  return Object.keys(transition.saga.steps).filter((path) => transition.saga.steps[path]?.status === "undo-failed");
}

const everything = () => true;

function pathsOf(
  { saga }: TransitionBuilder,
  concerns: (path: string) => boolean,
  is: (record: StepRecord) => boolean,
): string[] {
  const paths: string[] = [];
  for (const [path, record] of Object.entries(saga.steps)) if (is(record) && concerns(path)) paths.push(path);
  return paths;
}

/** A child saga is not awaited: it rolls back itself, from wherever it is. */
function stopChildren(transition: TransitionBuilder, concerns: (path: string) => boolean): void {
  for (const path of pathsOf(transition, concerns, ({ status, child }) => status === "open" && child !== undefined)) {
    const step = stepAt(transition.definition, path);
    abandonTask(transition, path, "do");
    if (step?.compensate) undo(transition, step);
  }
}

function lastToUndo(transition: TransitionBuilder, concerns: (path: string) => boolean): StepNode | undefined {
  let last: StepNode | undefined;
  let order = 0;
  for (const [path, record] of Object.entries(transition.saga.steps)) {
    if (record.order <= order || (record.status !== "done" && record.status !== "unknown") || !concerns(path)) continue;
    const step = stepAt(transition.definition, path);
    if (!step?.compensate) continue;
    last = step;
    order = record.order;
  }
  return last;
}

/** Compensations run one at a time; items of the same `each` in parallel, up to its `concurrency`. */
function mayStart(transition: TransitionBuilder, step: StepNode, underWay: readonly string[]): boolean {
  if (underWay.length === 0) return true;
  if (underWay.some((path) => transition.saga.steps[path]?.status === "open")) return false;
  const item = itemOf(step.path);
  const group = item && groupAt(transition.definition, item.group);
  if (!item || group?.kind !== "each" || underWay.length >= group.concurrency) return false;
  return underWay.every((path) => {
    const other = itemOf(path);
    return other?.group === item.group && other.index !== item.index;
  });
}

function itemOf(path: string): { readonly group: string; readonly index: string } | undefined {
  const [, group, index] = /^(.*?)\/(\d+)\//.exec(path) ?? [];
  return group === undefined || index === undefined ? undefined : { group, index };
}

function undo(transition: TransitionBuilder, step: StepNode): void {
  const { path, compensate: action } = step;
  if (!action) return;
  updateStep(transition, path, { status: "undoing" });
  const failure = startTask(transition, { step, side: "undo", action });
  if (failure) giveUpUndo(transition, path, failure);
  else if (action.kind === "send") updateStep(transition, path, { status: "undone" });
}
