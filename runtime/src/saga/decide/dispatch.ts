/** Carrying out an attempt: the effect that does it, and when it is over at the latest. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Action, CallAction, ChildAction, RunAction, SendAction } from "../define/definition.js";
import { childId } from "../store/ids.js";
import type { Task } from "../store/instance.js";
import type { Content } from "./content.js";
import { replyChannel, replyKey } from "./reply-keys.js";
import { closed, setTask, type Work } from "./task.js";
import { openEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** How long a run's first lease lasts; its worker renews it. */
export const leaseMs = 3_000;

export function dispatch(turn: TransitionBuilder, work: Work, task: Task): void {
  const { action } = work;
  if (action.kind === "send") {
    send(turn, work, action, task);
    setTask(turn, work, closed(task));
    return;
  }
  const due = dueOf(turn, action, task);
  setTask(turn, work, fastMerge(task, { phase: "open", ...due }));
  if (action.kind === "child") relate(turn, work, action, task);
  else if (action.kind === "run") run(turn, work, action, task);
  else if (action.kind === "call") call(turn, work, action, task, due.dueAt);
}

function send(turn: TransitionBuilder, work: Work, { operation }: SendAction, task: Task): void {
  openEffect(turn, {
    type: "send",
    id: task.id,
    attempt: task.attempt,
    operation: operation.id,
    ...said(turn, task),
    ...undoes(turn, work),
  });
}

function call(
  turn: TransitionBuilder,
  work: Work,
  { operation }: CallAction,
  task: Task,
  dueAt: number | undefined,
): void {
  const { id, attempt } = task;
  // An undo, and whatever follows the pivot, must happen however late it is.
  const expires = work.side === "do" && turn.saga.pivot === undefined && dueAt !== undefined;
  openEffect(turn, {
    type: "send",
    id,
    attempt,
    operation: operation.id,
    ...said(turn, task),
    correlationId: `${id}#${attempt}`,
    ...(expires ? { expiresAt: dueAt } : undefined),
    ...undoes(turn, work),
  });
  const key = replyKey(operation, task, attempt);
  // Kept as long as the saga: a late reply is to be known as its own, too.
  if (key !== undefined) turn.keys.push({ channel: replyChannel(operation), key, on: true });
}

function run(turn: TransitionBuilder, { step }: Work, { transactional }: RunAction, { id, attempt }: Task): void {
  openEffect(turn, { type: "run", id, attempt, step: step.path, leaseUntil: turn.at + leaseMs, transactional });
}

/** Starts the child, or tells it to turn back. */
function relate(
  turn: TransitionBuilder,
  { step, side }: Work,
  action: ChildAction,
  { id, attempt, payload }: Task,
): void {
  const { type, version, hash } = action.saga;
  const saga = { type, version, hash };
  if (side === "do") {
    const sagaId = childId(id, turn.at);
    updateStep(turn, step.path, { child: sagaId });
    openEffect(turn, { type: "child", id, attempt, saga, sagaId, input: payload });
  } else {
    const sagaId = turn.saga.steps[step.path]?.child ?? "";
    openEffect(turn, { type: "undo-child", id, attempt, saga, sagaId, input: payload });
  }
}

/** What a message says, and the trace that it continues. */
function said({ saga: { trace } }: TransitionBuilder, { payload, parameters, headers }: Task): Content {
  const all = trace || headers ? { headers: fastMerge(trace, headers) } : undefined;
  return { payload, ...(parameters && { parameters }), ...all };
}

/** When an attempt is over at the latest. A child saga takes its own time. */
function dueOf(turn: TransitionBuilder, action: Action, task: Task): { readonly dueAt?: number } {
  if (action.kind === "child" || action.kind === "send") return {};
  if (action.kind === "sleep") return { dueAt: Number(task.payload) };
  return { dueAt: Math.min(turn.at + action.timeoutMs, task.deadline ?? Number.POSITIVE_INFINITY) };
}

/** Command and undo meet at the participant under the command's id. */
function undoes(turn: TransitionBuilder, { step, side }: Work): { undoes?: string } {
  const command = turn.saga.steps[step.path]?.do;
  return side === "undo" && command && step.action?.kind !== "run" ? { undoes: command.id } : {};
}
