/** The way back: latest started first, one at a time, and a compensation that fails does not stop the others. */

import type { Failure } from "../../wire/failure.js";
import type { StepNode } from "../define/definition.js";
import { groupAt, stepAt } from "../define/nodes.js";
import type { StepRecord } from "../store/instance.js";
import { abandonTask, standDown } from "./abandon.js";
import { startTask } from "./attempt.js";
import { giveUpUndo } from "./outcome.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Turns the saga back. */
export function rollBack(
  turn: TransitionBuilder,
  failure: Failure,
  step?: string,
  end: "compensated" | "cancelled" = "compensated",
): void {
  standDown(turn, everything);
  turn.saga.retreat = { ...(step === undefined ? undefined : { step }), failure, end };
  note(turn, "retreated", { ...(step === undefined ? undefined : { step }), data: { end, failure: { ...failure } } });
}

/**
 * Undoes these steps, once no command of theirs is open: whether its outcome is known or not decides what there is to
 * undo. Answers whether something is still under way.
 */
export function compensate(turn: TransitionBuilder, concerns: (path: string) => boolean = everything): boolean {
  if (turn.saga.retreat?.leaveAsIs) return false;
  stopChildren(turn, concerns);
  for (;;) {
    const underWay = pathsOf(turn, concerns, ({ status }) => status === "open" || status === "undoing");
    const step = lastToUndo(turn, concerns);
    if (!step || !mayStart(turn, step, underWay)) return underWay.length > 0;
    undo(turn, step);
  }
}

/** Whether a command is out, or a compensation. */
export function isUnderWay({ saga }: TransitionBuilder): boolean {
  for (const path in saga.steps) {
    const status = saga.steps[path]?.status;
    if (status === "open" || status === "undoing") return true;
  }
  return false;
}

/** Steps whose compensation has failed. */
export function unresolved(turn: TransitionBuilder): string[] {
  return Object.keys(turn.saga.steps).filter((path) => turn.saga.steps[path]?.status === "undo-failed");
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

/** A child saga is not waited for: it turns back itself, however far it has come. */
function stopChildren(turn: TransitionBuilder, concerns: (path: string) => boolean): void {
  for (const path of pathsOf(turn, concerns, ({ status, child }) => status === "open" && child !== undefined)) {
    const step = stepAt(turn.definition, path);
    abandonTask(turn, path, "do");
    if (step?.compensate) undo(turn, step);
  }
}

function lastToUndo(turn: TransitionBuilder, concerns: (path: string) => boolean): StepNode | undefined {
  let last: StepNode | undefined;
  let order = 0;
  for (const [path, record] of Object.entries(turn.saga.steps)) {
    if (record.order <= order || (record.status !== "done" && record.status !== "unknown") || !concerns(path)) continue;
    const step = stepAt(turn.definition, path);
    if (!step?.compensate) continue;
    last = step;
    order = record.order;
  }
  return last;
}

/** One at a time; but items of the same `each` side by side, as many as it carries out at a time. */
function mayStart(turn: TransitionBuilder, step: StepNode, underWay: readonly string[]): boolean {
  if (underWay.length === 0) return true;
  if (underWay.some((path) => turn.saga.steps[path]?.status === "open")) return false;
  const item = itemOf(step.path);
  const group = item && groupAt(turn.definition, item.group);
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

function undo(turn: TransitionBuilder, step: StepNode): void {
  const { path, compensate: action } = step;
  if (!action) return;
  updateStep(turn, path, { status: "undoing" });
  const failure = startTask(turn, { step, side: "undo", action });
  if (failure) giveUpUndo(turn, path, failure);
  else if (action.kind === "send") updateStep(turn, path, { status: "undone" });
}
