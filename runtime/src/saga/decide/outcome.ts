/** Outcomes of commands, functions and child sagas, and what they change in their step. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import type { Resolution, StepNode } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import { parseMessageId } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { failAttempt, isAnswer, isFinal, renewLater } from "./attempt.js";
import { completeStep, undone } from "./complete.js";
import { isPivotUnknown, refusePendingRollback } from "./pivot.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { closeTask, hear, renewAt, taskOf, type Work } from "./task.js";
import { endRepeats, isOften, note, noteRepeated, type TransitionBuilder, updateStep } from "./transition-builder.js";

type Outcome = Extract<Event, { type: "outcome" }>;

/** Why an event changed nothing. Final only when it was decided on a row that was read after the event arrived. */
export type Ignored = "duplicate" | "stale" | "unknown";

/** The task that a message id names, with the step it belongs to. */
export function findTask(
  transition: TransitionBuilder,
  id: string,
): { readonly work: Work; readonly record: StepRecord; readonly task: Task; readonly round: number } | undefined {
  const parts = parseMessageId(id);
  const step = parts && stepAt(transition.definition, parts.path);
  const record = parts && transition.saga.steps[parts.path];
  const task = parts && taskOf(record, parts.side);
  const action = parts?.side === "undo" ? step?.compensate : step?.action;
  if (!parts || !step || !record || !task || !action) return undefined;
  return { work: { step, side: parts.side, action }, record, task, round: parts.round };
}

/** Applies an outcome. Success and declared failure count whichever attempt they belong to, all others only for the current one. */
export function applyOutcome(transition: TransitionBuilder, given: Outcome): Ignored | undefined {
  const found = findTask(transition, given.of);
  if (!found) return "unknown";
  const event = "ok" in given ? { ...given, ok: keptJson(given.ok, `reply to step '${found.work.step.name}'`) } : given;
  const { work, record, task, round } = found;
  if (round > task.round || (round === task.round && event.attempt > task.attempt)) return "unknown";
  if (round < task.round) return "stale";
  if (task.heard.includes(event.attempt)) return "duplicate";
  if (work.action.kind === "run" && event.attempt !== task.attempt) return "stale";
  if (task.phase === "closed") {
    if ("ok" in event || isAnswer(event.failure.kind)) hear(transition, work, task, event.attempt);
    applyLateReply(transition, work, record, event);
  } else if ("ok" in event) {
    closeTask(transition, work, task, event.attempt);
    succeed(transition, work, task, event);
  } else {
    const current = event.attempt === task.attempt && task.phase === "open";
    if (!current && !isFinal(event.failure.kind)) return "stale";
    fail(transition, work, task, event.attempt, event.failure);
  }
  return undefined;
}

/** Applies an outcome whose task is closed. A failure changes nothing; a success may have left something to undo. */
function applyLateReply(
  transition: TransitionBuilder,
  { step, side, action }: Work,
  { status, reply }: StepRecord,
  event: Outcome,
): void {
  const { path } = step;
  const unheard = "failure" in event && event.failure.kind === "undeliverable";
  note(transition, unheard ? "undeliverable" : "late-reply", {
    step: path,
    attempt: event.attempt,
    messageId: event.messageId ?? event.of,
    data: "ok" in event ? { ok: event.ok } : { failure: { ...event.failure } },
  });
  // A child saga that is being compensated undoes itself, whatever it reported before.
  if (!("ok" in event) || action.kind === "child") return;
  if (side === "undo") {
    if (status === "undo-failed") undone(transition, path);
  } else if (status === "unknown" || (status === "failed" && !transition.saga.retreat)) {
    completeStep(transition, path, event.ok);
  } else if (transition.definition.lateSuccess === "compensate" && step.compensate) {
    // A reply that is known already came from another attempt of the same command: the undo has used it.
    const isNews = reply === undefined;
    if (status === "undoing" && isNews) updateStep(transition, path, { reply: event.ok, again: true });
    else if ((status === "undone" && isNews) || status === "undo-failed" || status === "failed") {
      updateStep(transition, path, { status: "done", reply: event.ok, failure: undefined });
    }
  }
}

function succeed(transition: TransitionBuilder, work: Work, task: Task, event: Extract<Outcome, { ok: Json }>): void {
  const { step, side } = work;
  const isOver = side === "undo" || !step.poll || transition.saga.retreat || isAnswered(transition, step, event.ok);
  if (isOver || !isOften(transition, "poll-repeated", step.path))
    note(transition, side === "do" ? "step-succeeded" : "compensation-succeeded", {
      step: step.path,
      attempt: event.attempt,
      messageId: event.messageId ?? event.of,
      data: event.ok,
    });
  if (side === "undo") undone(transition, step.path);
  else if (isOver) completeStep(transition, step.path, event.ok);
  else pollAgain(transition, work, task);
}

/** Whether the reply ends the poll. Where `until` throws, the step counts as done and then failed. */
function isAnswered(transition: TransitionBuilder, step: StepNode, reply: Json): boolean {
  try {
    return (
      step.poll?.until(scopeOf(transition.saga, step, { reply }), contextOf(transition.saga, transition.at)) ?? true
    );
  } catch (error) {
    updateStep(transition, step.path, { status: "done", reply, failure: failureFromError(error) });
    return false;
  }
}

function pollAgain(transition: TransitionBuilder, work: Work, task: Task): void {
  const { path, poll } = work.step;
  if (transition.saga.steps[path]?.failure || !poll) return;
  const next = transition.at + poll.everyMs;
  if (task.deadline === undefined || next < task.deadline) {
    noteRepeated(transition, "poll-repeated", { step: path });
    const closed = transition.saga.steps[path]?.do;
    if (closed) renewAt(transition, work, { ...closed, polls: (closed.polls ?? 0) + 1 }, next);
    return;
  }
  const message = `no answer that ends the poll within ${poll.deadlineMs} ms`;
  giveUp(transition, work, { kind: "timeout", name: "poll-deadline", message }, "perhaps");
}

/** Ends an attempt that failed, and the step with it when no other attempt follows. */
export function fail(transition: TransitionBuilder, work: Work, task: Task, attempt: number, failure: Failure): void {
  const effect = failAttempt(transition, work, task, attempt, failure);
  if (effect === "again") return;
  if (work.side === "do") giveUp(transition, work, failure, effect);
  else giveUpUndo(transition, work.step.path, failure);
}

function giveUp(transition: TransitionBuilder, work: Work, failure: Failure, effect: "none" | "perhaps"): void {
  const { path } = work.step;
  const { action } = work;
  endRepeats(transition, path);
  if (action.kind === "wait" && action.onTimeout === "continue" && failure.kind === "timeout") {
    note(transition, "step-skipped", { step: path, data: { ...failure } });
    updateStep(transition, path, { status: "skipped" });
    return;
  }
  const { resolution, thrown } = resolve(transition, work, failure);
  const closed = transition.saga.steps[path]?.do;
  if (resolution === "retry" && closed && !transition.saga.retreat) {
    renewLater(transition, work, closed);
    return;
  }
  const failed = { effect, failure: { ...failure }, ...(thrown && { onFailure: { ...thrown } }) };
  note(transition, "step-failed", { step: path, data: failed });
  if (typeof resolution === "object") {
    const status = effect === "none" ? "skipped" : "done";
    updateStep(transition, path, {
      status,
      result: resolution.continueWith as Json,
    });
  } else {
    const status = effect === "none" ? "failed" : "unknown";
    updateStep(transition, path, { status, failure, parked: resolution === "park" ? true : undefined });
    if (isPivotUnknown(transition)) refusePendingRollback(transition, "whether the pivot has been passed is unknown");
  }
}

/**
 * Asks `onFailure` what to do: of a command about declared failures only, of other steps about every failure. Where it
 * throws, the saga compensates, and the history has what it threw.
 */
function resolve(
  transition: TransitionBuilder,
  { step, action }: Work,
  failure: Failure,
): { readonly resolution: Resolution; readonly thrown?: Failure } {
  const { kind, name, message, payload = null } = failure;
  if (!step.onFailure || (action.kind === "call" && kind !== "declared")) return { resolution: "compensate" };
  const refusal: { readonly [key: string]: Json } = kind === "declared" ? { name, payload } : { name, message };
  const attempt = transition.saga.steps[step.path]?.do?.round ?? 1;
  try {
    const context = { ...contextOf(transition.saga, transition.at), attempt };
    const resolution = step.onFailure(scopeOf(transition.saga, step, { failure: refusal }), context);
    if (typeof resolution !== "object") return { resolution };
    return { resolution: { continueWith: keptJson(resolution.continueWith, `continueWith of step '${step.name}'`) } };
  } catch (error) {
    return { resolution: "compensate", thrown: failureFromError(error) };
  }
}

/** Records a compensation that has failed for good. The others still run; the saga ends as `needs-attention`. */
export function giveUpUndo(transition: TransitionBuilder, path: string, failure: Failure): void {
  const again = transition.saga.steps[path]?.again;
  note(transition, "compensation-failed", { step: path, data: { ...failure } });
  updateStep(transition, path, { status: again ? "done" : "undo-failed", again: undefined, failure });
}
