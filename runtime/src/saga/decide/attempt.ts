/** Rounds of a task and their attempts: starts them, and decides after a failure whether another one follows. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Failure } from "../../wire/failure.js";
import type { RetryPolicy, StepNode } from "../define/definition.js";
import { oneAttempt } from "../define/retry-policies.js";
import { messageId } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { type Content, contentOf } from "./content.js";
import { dispatch } from "./dispatch.js";
import { raceLostBy } from "./race.js";
import { failureFromError } from "./scope.js";
import { closed, renewAt, setTask, taskOf, type Work } from "./task.js";
import { closeEffect, isOften, note, type TransitionBuilder } from "./transition-builder.js";

/** Starts a new round: computes its payload once and sends the first attempt. Returns the failure when `with` throws. */
export function startTask(transition: TransitionBuilder, work: Work): Failure | undefined {
  const { step, side, action } = work;
  const record = transition.saga.steps[step.path];
  const before = taskOf(record, side);
  const round = (before?.round ?? 0) + 1;
  const id = messageId(transition.saga.id, step.path, side, round);
  let content: Content = { payload: null };
  if (action.kind !== "run") {
    try {
      content = contentOf(transition, work, record, id);
    } catch (error) {
      return failureFromError(error);
    }
  }
  const deadline = side === "do" ? deadlineOf(transition, step, record) : undefined;
  const task: Task = {
    id,
    round,
    attempt: 1,
    phase: "open",
    ...content,
    ...(deadline === undefined ? undefined : { deadline }),
    ...(step.poll && before?.polls !== undefined ? { polls: before.polls } : undefined),
    heard: [],
    refused: 0,
  };
  if (side === "undo" || !isOften(transition, "poll-repeated", step.path))
    note(transition, side === "do" ? "step-started" : "compensation-started", {
      step: step.path,
      attempt: 1,
      messageId: id,
      data: content.payload,
    });
  dispatch(transition, work, task);
  return undefined;
}

/** All rounds of a poll share one deadline. */
function deadlineOf(
  transition: TransitionBuilder,
  { poll, deadlineMs }: StepNode,
  record: StepRecord | undefined,
): number | undefined {
  if (!poll) return deadlineMs === undefined ? undefined : transition.at + deadlineMs;
  const known = record?.do?.deadline;
  return known !== undefined && known > transition.at ? known : transition.at + poll.deadlineMs;
}

/** Carries out an attempt that was committed by a process that carries nothing out: its time begins now. */
export function beginTask(transition: TransitionBuilder, work: Work, task: Task): void {
  const { step, side } = work;
  const isTimed = side === "do" && task.deadline === undefined;
  const deadline = isTimed ? deadlineOf(transition, step, transition.saga.steps[step.path]) : undefined;
  dispatch(transition, work, deadline === undefined ? task : fastMerge(task, { deadline }));
}

/** Starts the next attempt. */
export function nextAttempt(transition: TransitionBuilder, work: Work, task: Task): void {
  const { resent: _, ...before } = task;
  const next = { ...before, attempt: task.attempt + 1 };
  note(transition, work.side === "do" ? "step-retried" : "compensation-retried", {
    step: work.step.path,
    attempt: next.attempt,
    messageId: task.id,
  });
  dispatch(transition, work, next);
}

/** Sends the same attempt again, with a new time limit. */
export function resend(transition: TransitionBuilder, work: Work, task: Task): void {
  note(transition, work.side === "do" ? "step-resent" : "compensation-resent", {
    step: work.step.path,
    attempt: task.attempt,
    messageId: task.id,
  });
  dispatch(transition, work, { ...task, resent: true });
}

/**
 * Ends the current attempt with a failure: another one follows after a backoff, or the task is closed.
 * Returns `again` for the former; `none` when the closed task certainly had no effect, else `perhaps`.
 */
export function failAttempt(
  transition: TransitionBuilder,
  work: Work,
  task: Task,
  attempt: number,
  failure: Failure,
): "again" | "none" | "perhaps" {
  const { step, side, action } = work;
  note(transition, side === "do" ? "step-attempt-failed" : "compensation-attempt-failed", {
    step: step.path,
    attempt,
    messageId: task.id,
    data: { ...failure },
  });
  const heard = isAnswer(failure.kind) ? [...task.heard, attempt] : task.heard;
  // Of an attempt that was sent twice one message may have arrived, though the other has not.
  const isHalf = failure.kind === "undeliverable" && task.resent === true;
  const isHarmless = (isDefinite(failure.kind) && !isHalf) || action.kind === "wait";
  const refused = task.refused + (isHarmless ? 1 : 0);
  const known = { ...task, heard, refused };
  if (task.phase === "open") closeEffect(transition, task);
  if ("retry" in action) {
    const startsAt = transition.at + backoffMs(action.retry, task.id, task.attempt);
    const forward = side === "do" && transition.saga.pivot !== undefined;
    const isWanted = side === "undo" || !(transition.saga.retreat || raceLostBy(transition, step.path));
    const inTime = forward || task.deadline === undefined || startsAt < task.deadline;
    if (isWanted && inTime && retries(action.retry, task.attempt, failure.kind, forward)) {
      setTask(transition, work, fastMerge(known, { phase: "backoff", dueAt: startsAt }));
      return "again";
    }
  }
  setTask(transition, work, closed(known));
  return refused === task.attempt ? "none" : "perhaps";
}

/** Starts the task over after a backoff, as a new round with a new message id. */
export function renewLater(transition: TransitionBuilder, work: Work, task: Task): void {
  const policy = "retry" in work.action ? work.action.retry : oneAttempt;
  renewAt(transition, work, task, transition.at + backoffMs(policy, task.id, task.round));
}

/** Failures after which it is certain that the attempt had no effect. */
export function isDefinite(kind: Failure["kind"]): boolean {
  return kind === "declared" || kind === "terminal" || kind === "undone" || kind === "undeliverable";
}

/** Whether somebody has spoken who was given the message. Without that, an answer may still come from one sent twice. */
export function isAnswer(kind: Failure["kind"]): boolean {
  return kind !== "timeout" && kind !== "undeliverable";
}

/** Failures that settle the step, whichever attempt they belong to: another attempt would fail in the same way. */
export function isFinal(kind: Failure["kind"]): boolean {
  return kind === "declared" || kind === "terminal" || kind === "undone";
}

/** Whether another attempt follows. `forward`: the pivot has been passed, and the step is retried until it succeeds. */
export function retries(policy: RetryPolicy, attempt: number, kind: Failure["kind"], forward: boolean): boolean {
  if (isFinal(kind) || kind === "invalid-reply") return false;
  return forward || (attempt < policy.attempts && policy.on.includes(kind));
}

/** Pause after an attempt in ms: exponential, capped, and spread by the command's id, so that sagas do not retry in step. */
export function backoffMs(policy: RetryPolicy, id: string, attempt: number): number {
  const full = Math.min(policy.maxBackoffMs, policy.backoffMs * policy.factor ** (attempt - 1));
  return Math.round(full * (1 - policy.jitter * fraction(`${id}#${attempt}`)));
}

// FNV-1a instead of a random number: the same decision must always give the same pause.
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
