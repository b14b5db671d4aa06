/** Rounds of a task and their attempts: the first one, the next one, and whether there is another. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Failure } from "../../wire/failure.js";
import type { StepNode } from "../define/definition.js";
import { messageId } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { type Content, contentOf } from "./content.js";
import { dispatch } from "./dispatch.js";
import { failureFromError } from "./failure-from-error.js";
import { raceLostBy } from "./race.js";
import { backoffMs, isDefinite, oneAttempt, retries } from "./retry.js";
import { closed, renewAt, setTask, taskOf, type Work } from "./task.js";
import { closeEffect, note, type TransitionBuilder } from "./transition-builder.js";

/** Starts a new round: computes its payload, once, and sends the first attempt. Gives the failure of a throwing `with`. */
export function startTask(turn: TransitionBuilder, work: Work): Failure | undefined {
  const { step, side, action } = work;
  const record = turn.saga.steps[step.path];
  const round = (taskOf(record, side)?.round ?? 0) + 1;
  const id = messageId(turn.saga.id, step.path, side, round);
  let content: Content = { payload: null };
  if (action.kind !== "run") {
    try {
      content = contentOf(turn, work, record, id);
    } catch (error) {
      return failureFromError(error);
    }
  }
  const deadline = side === "do" ? deadlineOf(turn, step, record) : undefined;
  const task: Task = {
    id,
    round,
    attempt: 1,
    phase: "open",
    ...content,
    ...(deadline === undefined ? undefined : { deadline }),
    heard: [],
    refused: 0,
  };
  note(turn, side === "do" ? "step-started" : "compensation-started", {
    step: step.path,
    attempt: 1,
    messageId: id,
    data: content.payload,
  });
  dispatch(turn, work, task);
  return undefined;
}

/** All rounds of a poll share one deadline. */
function deadlineOf(
  turn: TransitionBuilder,
  { poll, deadlineMs }: StepNode,
  record: StepRecord | undefined,
): number | undefined {
  if (!poll) return deadlineMs === undefined ? undefined : turn.at + deadlineMs;
  const known = record?.do?.deadline;
  return known !== undefined && known > turn.at ? known : turn.at + poll.deadlineMs;
}

/** The attempt after this one. */
export function nextAttempt(turn: TransitionBuilder, work: Work, task: Task): void {
  const next = { ...task, attempt: task.attempt + 1 };
  note(turn, work.side === "do" ? "step-retried" : "compensation-retried", {
    step: work.step.path,
    attempt: next.attempt,
    messageId: task.id,
  });
  dispatch(turn, work, next);
}

/** The same attempt once more, with a new deadline. */
export function resend(turn: TransitionBuilder, work: Work, task: Task): void {
  note(turn, work.side === "do" ? "step-resent" : "compensation-resent", {
    step: work.step.path,
    attempt: task.attempt,
    messageId: task.id,
  });
  dispatch(turn, work, task);
}

/**
 * Ends the current attempt with a failure: another one follows after a backoff, or the task is closed.
 * Returns whether it is closed, and if so whether it certainly had no effect.
 */
export function failAttempt(
  turn: TransitionBuilder,
  work: Work,
  task: Task,
  attempt: number,
  failure: Failure,
): "again" | "none" | "perhaps" {
  const { step, side, action } = work;
  note(turn, side === "do" ? "step-attempt-failed" : "compensation-attempt-failed", {
    step: step.path,
    attempt,
    messageId: task.id,
    data: { ...failure },
  });
  const heard = failure.kind === "timeout" ? task.heard : [...task.heard, attempt];
  const isHarmless = isDefinite(failure.kind) || action.kind === "wait";
  const refused = task.refused + (isHarmless ? 1 : 0);
  const known = { ...task, heard, refused };
  if (task.phase === "open") closeEffect(turn, task);
  if ("retry" in action) {
    const startsAt = turn.at + backoffMs(action.retry, task.id, task.attempt);
    const forward = side === "do" && turn.saga.pivot !== undefined;
    const isWanted = side === "undo" || !(turn.saga.retreat || raceLostBy(turn, step.path));
    const inTime = forward || task.deadline === undefined || startsAt < task.deadline;
    if (isWanted && inTime && retries(action.retry, task.attempt, failure.kind, forward)) {
      setTask(turn, work, fastMerge(known, { phase: "backoff", dueAt: startsAt }));
      return "again";
    }
  }
  setTask(turn, work, closed(known));
  return refused === task.attempt ? "none" : "perhaps";
}

/** A refused task starts over after a backoff, under a new id. */
export function renewLater(turn: TransitionBuilder, work: Work, task: Task): void {
  const policy = "retry" in work.action ? work.action.retry : oneAttempt;
  renewAt(turn, work, task, turn.at + backoffMs(policy, task.id, task.round));
}
