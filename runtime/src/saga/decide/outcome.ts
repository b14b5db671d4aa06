/** Answers, and what they do to the step that asked. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import type { Resolution, StepNode } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { parseMessageId } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { failAttempt, renewLater } from "./attempt.js";
import { completeStep, undone } from "./complete.js";
import { failureFromError } from "./failure-from-error.js";
import { applyLateReply, type Outcome } from "./late-reply.js";
import { isPivotUnknown, refusePendingRollback } from "./pivot.js";
import { isFinal } from "./retry.js";
import { contextOf, scopeOf } from "./scope.js";
import { closeTask, hear, renewAt, taskOf, type Work } from "./task.js";
import { asJson, note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Why an event changed nothing. Final only when it was judged on a row read after the event arrived. */
export type Ignored = "duplicate" | "stale" | "unknown";

/** The task that a message id names, with the step it belongs to. */
export function findTask(
  turn: TransitionBuilder,
  id: string,
): { readonly work: Work; readonly record: StepRecord; readonly task: Task; readonly round: number } | undefined {
  const parts = parseMessageId(id);
  const step = parts && stepAt(turn.definition, parts.path);
  const record = parts && turn.saga.steps[parts.path];
  const task = parts && taskOf(record, parts.side);
  const action = parts?.side === "undo" ? step?.compensate : step?.action;
  if (!parts || !step || !record || !task || !action) return undefined;
  return { work: { step, side: parts.side, action }, record, task, round: parts.round };
}

/** Applies an answer. Rule 2: success and refusal count whichever attempt they answer, the rest only for the current one. */
export function applyOutcome(turn: TransitionBuilder, event: Outcome): Ignored | undefined {
  const found = findTask(turn, event.of);
  if (!found) return "unknown";
  const { work, record, task, round } = found;
  if (round > task.round || (round === task.round && event.attempt > task.attempt)) return "unknown";
  if (round < task.round) return "stale";
  if (task.heard.includes(event.attempt)) return "duplicate";
  if (work.action.kind === "run" && event.attempt !== task.attempt) return "stale";
  if (task.phase === "closed") {
    hear(turn, work, task, event.attempt);
    applyLateReply(turn, work, record, event);
  } else if ("ok" in event) {
    closeTask(turn, work, task, event.attempt);
    succeed(turn, work, task, event);
  } else {
    const current = event.attempt === task.attempt && task.phase === "open";
    if (!current && !isFinal(event.failure.kind)) return "stale";
    fail(turn, work, task, event.attempt, event.failure);
  }
  return undefined;
}

function succeed(turn: TransitionBuilder, work: Work, task: Task, event: Extract<Outcome, { ok: Json }>): void {
  const { step, side } = work;
  note(turn, side === "do" ? "step-succeeded" : "compensation-succeeded", {
    step: step.path,
    attempt: event.attempt,
    messageId: event.messageId ?? event.of,
    data: event.ok,
  });
  if (side === "undo") undone(turn, step.path);
  else if (!step.poll || turn.saga.retreat || isAnswered(turn, step, event.ok)) completeStep(turn, step.path, event.ok);
  else pollAgain(turn, work, task);
}

/** Whether the answer is the one that is waited for. A throwing `until` counts as done, then failed. */
function isAnswered(turn: TransitionBuilder, step: StepNode, reply: Json): boolean {
  try {
    return step.poll?.until(scopeOf(turn.saga, step, { reply }), contextOf(turn.saga, turn.at)) ?? true;
  } catch (error) {
    updateStep(turn, step.path, { status: "done", reply, failure: failureFromError(error) });
    return false;
  }
}

function pollAgain(turn: TransitionBuilder, work: Work, task: Task): void {
  const { path, poll } = work.step;
  if (turn.saga.steps[path]?.failure || !poll) return;
  const next = turn.at + poll.everyMs;
  if (task.deadline === undefined || next < task.deadline) {
    note(turn, "poll-repeated", { step: path });
    const closed = turn.saga.steps[path]?.do;
    if (closed) renewAt(turn, work, closed, next);
    return;
  }
  const message = `no answer that ends the poll within ${poll.deadlineMs} ms`;
  giveUp(turn, work, { kind: "timeout", name: "poll-deadline", message }, "perhaps");
}

/** Ends an attempt that failed, and the step with it when no other attempt follows. */
export function fail(turn: TransitionBuilder, work: Work, task: Task, attempt: number, failure: Failure): void {
  const effect = failAttempt(turn, work, task, attempt, failure);
  if (effect === "again") return;
  if (work.side === "do") giveUp(turn, work, failure, effect);
  else giveUpUndo(turn, work.step.path, failure);
}

function giveUp(turn: TransitionBuilder, work: Work, failure: Failure, effect: "none" | "perhaps"): void {
  const { path } = work.step;
  const { action } = work;
  if (action.kind === "wait" && action.onTimeout === "continue" && failure.kind === "timeout") {
    note(turn, "step-skipped", { step: path, data: { ...failure } });
    updateStep(turn, path, { status: "skipped" });
    return;
  }
  const resolution = resolve(turn, work, failure);
  const closed = turn.saga.steps[path]?.do;
  if (resolution === "retry" && closed && !turn.saga.retreat) {
    renewLater(turn, work, closed);
    return;
  }
  note(turn, "step-failed", { step: path, data: { effect, failure: { ...failure } } });
  if (typeof resolution === "object") {
    const status = effect === "none" ? "skipped" : "done";
    updateStep(turn, path, { status, result: asJson(resolution.continueWith) });
  } else {
    const status = effect === "none" ? "failed" : "unknown";
    updateStep(turn, path, { status, failure, parked: resolution === "park" ? true : undefined });
    if (isPivotUnknown(turn)) refusePendingRollback(turn, "whether the pivot has been passed is unknown");
  }
}

/** Of a command only the refusal that its contract declares is for the saga's author to judge; else any failure. */
function resolve(turn: TransitionBuilder, { step, action }: Work, failure: Failure): Resolution {
  const { kind, name, message, payload = null } = failure;
  if (!step.onFailure || (action.kind === "call" && kind !== "declared")) return "compensate";
  const refusal: { readonly [key: string]: Json } = kind === "declared" ? { name, payload } : { name, message };
  const attempt = turn.saga.steps[step.path]?.do?.round ?? 1;
  try {
    return step.onFailure(scopeOf(turn.saga, step, { failure: refusal }), {
      ...contextOf(turn.saga, turn.at),
      attempt,
    });
  } catch {
    return "compensate";
  }
}

/** A compensation that cannot be carried out. The others still run; the saga ends as `needs-attention`. */
export function giveUpUndo(turn: TransitionBuilder, path: string, failure: Failure): void {
  const again = turn.saga.steps[path]?.again;
  note(turn, "compensation-failed", { step: path, data: { ...failure } });
  updateStep(turn, path, { status: again ? "done" : "undo-failed", again: undefined, failure });
}
