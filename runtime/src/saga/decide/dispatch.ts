/** Carries out an attempt: opens its effect and sets its time limit. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Action, CallAction, ChildAction, RunAction, SendAction } from "../define/definition.js";
import { childId } from "../store/ids.js";
import type { Task } from "../store/instance.js";
import type { Content } from "./content.js";
import { replyChannel, replyKey } from "./reply-keys.js";
import { closed, setTask, type Work } from "./task.js";
import { openEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** How long the first lease of a `run` lasts, in ms; its worker renews it. */
export const leaseMs = 3_000;

export function dispatch(transition: TransitionBuilder, work: Work, task: Task): void {
  const { action } = work;
  if (action.kind === "send") {
    send(transition, work, action, task);
    setTask(transition, work, closed(task));
    return;
  }
  const due = dueOf(transition, action, task);
  setTask(transition, work, fastMerge(task, { phase: "open", ...due }));
  if (action.kind === "child") relate(transition, work, action, task);
  else if (action.kind === "run") run(transition, work, action, task);
  else if (action.kind === "call") call(transition, work, action, task, due.dueAt);
}

function send(transition: TransitionBuilder, work: Work, { operation }: SendAction, task: Task): void {
  openEffect(transition, {
    type: "send",
    id: task.id,
    attempt: task.attempt,
    operation: operation.id,
    ...said(transition, task),
    ...undoes(transition, work),
  });
}

function call(
  transition: TransitionBuilder,
  work: Work,
  { operation }: CallAction,
  task: Task,
  dueAt: number | undefined,
): void {
  const { id, attempt } = task;
  // Undo commands and commands after the pivot never expire: they must happen, however late.
  const expires = work.side === "do" && transition.saga.pivot === undefined && dueAt !== undefined;
  openEffect(transition, {
    type: "send",
    id,
    attempt,
    operation: operation.id,
    ...said(transition, task),
    correlationId: `${id}#${attempt}`,
    ...(expires ? { expiresAt: dueAt } : undefined),
    ...undoes(transition, work),
  });
  const key = replyKey(operation, task, attempt);
  // Kept as long as the saga, so that late replies find it, too.
  if (key !== undefined) transition.keys.push({ channel: replyChannel(operation), key, on: true });
}

function run(transition: TransitionBuilder, { step }: Work, { transactional }: RunAction, { id, attempt }: Task): void {
  openEffect(transition, {
    type: "run",
    id,
    attempt,
    step: step.path,
    leaseUntil: transition.at + leaseMs,
    transactional,
  });
}

/** Starts the child saga, or has it compensated. */
function relate(
  transition: TransitionBuilder,
  { step, side }: Work,
  action: ChildAction,
  { id, attempt, payload }: Task,
): void {
  const { type, version, hash } = action.saga;
  const saga = { type, version, hash };
  if (side === "do") {
    const sagaId = childId(id, transition.at);
    updateStep(transition, step.path, { child: sagaId });
    openEffect(transition, { type: "child", id, attempt, saga, sagaId, input: payload });
  } else {
    const sagaId = transition.saga.steps[step.path]?.child ?? "";
    openEffect(transition, { type: "undo-child", id, attempt, saga, sagaId, input: payload });
  }
}

/** Payload, address parameters and headers of the message, with the trace that it continues. */
function said({ saga: { trace } }: TransitionBuilder, { payload, address, parameters, headers }: Task): Content {
  const all = trace || headers ? { headers: fastMerge(trace, headers) } : undefined;
  return { payload, ...(address !== undefined && { address }), ...(parameters && { parameters }), ...all };
}

/** When the attempt times out. A child saga has no time limit here: it has its own. */
function dueOf(transition: TransitionBuilder, action: Action, task: Task): { readonly dueAt?: number } {
  if (action.kind === "child" || action.kind === "send") return {};
  if (action.kind === "sleep") return { dueAt: Number(task.payload) };
  return { dueAt: Math.min(transition.at + action.timeoutMs, task.deadline ?? Number.POSITIVE_INFINITY) };
}

/** An undo names the command's message id, by which the participant relates the two. */
function undoes(transition: TransitionBuilder, { step, side }: Work): { undoes?: string } {
  const command = transition.saga.steps[step.path]?.do;
  return side === "undo" && command && step.action?.kind !== "run" ? { undoes: command.id } : {};
}
