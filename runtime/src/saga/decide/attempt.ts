/** Tasks and their attempts: how a command is sent, sent again, and given up. */
import { encodeMessage } from "../../wire/wire.js";
import type { Action, StepNode } from "../definition.js";
import type { Failure } from "../effects.js";
import { childId, messageId, type Side } from "../ids.js";
import type { StepRecord, Task } from "../instance.js";
import { stepAt } from "../nodes.js";
import { lostIn } from "./losers.js";
import { replyChannel, replyKey } from "./reply-keys.js";
import { backoffMs, isDefinite, oneAttempt, retries } from "./retry.js";
import { contextOf, scopeOf } from "./scope.js";
import { asJson, closeEffect, note, openEffect, type Turn, updateStep } from "./turn.js";

/** How long a run's first lease lasts; its worker renews it. */
export const leaseMs = 3_000;

/** What a task is of: one side of a step. */
export interface Work {
  readonly step: StepNode;
  readonly side: Side;
  readonly action: Action;
}

/** The record's task on that side. */
export function taskOf(record: StepRecord | undefined, side: Side): Task | undefined {
  return side === "do" ? record?.do : record?.undo;
}

/** Starts a new round: computes its payload, once, and sends the first attempt. Gives the failure of a throwing `with`. */
export function startTask(turn: Turn, work: Work): Failure | undefined {
  const { step, side, action } = work;
  const record = turn.saga.steps[step.path];
  const round = (taskOf(record, side)?.round ?? 0) + 1;
  const id = messageId(turn.saga.id, step.path, side, round);
  let content: Content = { payload: null };
  if (action.kind !== "run") {
    try {
      content = contentOf(turn, work, record, id);
    } catch (error) {
      return thrown(error);
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

type Content = Pick<Task, "payload" | "parameters" | "headers">;

/** What is sent; of a wait the key, of a sleep the time when it ends. */
function contentOf(turn: Turn, { step, side, action }: Work, record: StepRecord | undefined, id: string): Content {
  // What undoes a child is the child's own.
  if (side === "undo" && action.kind === "child") return { payload: record?.do?.payload ?? null };
  const scope = scopeOf(turn.saga, step, side === "undo" ? { reply: record?.reply } : undefined);
  const context = contextOf(turn.saga, turn.at, record);
  switch (action.kind) {
    case "wait":
      return { payload: String(action.key(scope, context)) };
    case "sleep":
      return { payload: action.until ? Number(action.until(scope, context)) : turn.at + (action.durationMs ?? 0) };
    case "run":
      return { payload: null };
    case "child":
      return { payload: asJson(action.with(scope, context)) };
    default: {
      const content = {
        payload: asJson(action.with(scope, context)),
        ...(action.parameters && { parameters: action.parameters(scope, context) }),
        ...(action.headers && { headers: action.headers(scope, context) }),
      };
      // Nobody answers to say that it is wrong, and once the step is done it is too late to find out.
      if (action.kind === "send") encodeMessage(action.operation, content.payload, { id, sentAt: turn.at, ...content });
      return content;
    }
  }
}

/** All rounds of a poll share one deadline. */
function deadlineOf(turn: Turn, { poll, deadlineMs }: StepNode, record: StepRecord | undefined): number | undefined {
  if (!poll) return deadlineMs === undefined ? undefined : turn.at + deadlineMs;
  const known = record?.do?.deadline;
  return known !== undefined && known > turn.at ? known : turn.at + poll.deadlineMs;
}

/** The attempt after this one. */
export function nextAttempt(turn: Turn, work: Work, task: Task): void {
  const next = { ...task, attempt: task.attempt + 1 };
  note(turn, work.side === "do" ? "step-retried" : "compensation-retried", {
    step: work.step.path,
    attempt: next.attempt,
    messageId: task.id,
  });
  dispatch(turn, work, next);
}

/** The same attempt once more, with a new deadline. */
export function resend(turn: Turn, work: Work, task: Task): void {
  note(turn, work.side === "do" ? "step-resent" : "compensation-resent", {
    step: work.step.path,
    attempt: task.attempt,
    messageId: task.id,
  });
  dispatch(turn, work, task);
}

function dispatch(turn: Turn, work: Work, task: Task): void {
  const { step, side, action } = work;
  const { id, attempt } = task;
  if (action.kind === "send") {
    openEffect(turn, {
      type: "send",
      id,
      attempt,
      operation: action.operation.id,
      ...said(turn, task),
      ...undoes(turn, work),
    });
    setTask(turn, work, closed(task));
    return;
  }
  setTask(turn, work, { ...task, phase: "open", ...dueOf(turn, action, task) });
  if (action.kind === "child") {
    const { type, version, hash } = action.saga;
    const saga = { type, version, hash };
    const sagaId = side === "do" ? childId(id, turn.at) : (childOf(turn, step.path) ?? "");
    if (side === "do") updateStep(turn, step.path, { child: sagaId });
    openEffect(turn, {
      type: side === "do" ? "child" : "undo-child",
      id,
      attempt,
      saga,
      sagaId,
      input: task.payload,
    });
  } else if (action.kind === "run") {
    const leaseUntil = turn.at + leaseMs;
    openEffect(turn, { type: "run", id, attempt, step: step.path, leaseUntil, transactional: action.transactional });
  } else if (action.kind === "call") {
    const { dueAt } = dueOf(turn, action, task);
    // An undo, and whatever follows the pivot, must happen however late it is.
    const expires = side === "do" && turn.saga.pivot === undefined && dueAt !== undefined;
    openEffect(turn, {
      type: "send",
      id,
      attempt,
      operation: action.operation.id,
      ...said(turn, task),
      correlationId: `${id}#${attempt}`,
      ...(expires ? { expiresAt: dueAt } : undefined),
      ...undoes(turn, work),
    });
    const key = replyKey(action.operation, task, attempt);
    // Kept as long as the saga: a late reply is to be known as its own, too.
    if (key !== undefined) turn.keys.push({ channel: replyChannel(action.operation), key, on: true });
  }
}

/** What a message says, and the trace that it continues. */
function said({ saga: { trace } }: Turn, { payload, parameters, headers }: Task): Content {
  const all = trace || headers ? { headers: { ...trace, ...headers } } : undefined;
  return { payload, ...(parameters && { parameters }), ...all };
}

/** When an attempt is over at the latest. A child saga takes its own time. */
function dueOf(turn: Turn, action: Action, task: Task): { readonly dueAt?: number } {
  if (action.kind === "child" || action.kind === "send") return {};
  if (action.kind === "sleep") return { dueAt: Number(task.payload) };
  return { dueAt: Math.min(turn.at + action.timeoutMs, task.deadline ?? Number.POSITIVE_INFINITY) };
}

function childOf(turn: Turn, path: string): string | undefined {
  return turn.saga.steps[path]?.child;
}

/** Command and undo meet at the participant under the command's id. */
function undoes(turn: Turn, { step, side }: Work): { undoes?: string } {
  const command = turn.saga.steps[step.path]?.do;
  return side === "undo" && command && step.action?.kind !== "run" ? { undoes: command.id } : {};
}

/**
 * Ends the current attempt with a failure: another one follows after a backoff, or the task is closed.
 * Returns whether it is closed, and if so whether it certainly had no effect.
 */
export function failAttempt(
  turn: Turn,
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
    const isWanted = side === "undo" || !(turn.saga.retreat || lostIn(turn, step.path));
    const inTime = forward || task.deadline === undefined || startsAt < task.deadline;
    if (isWanted && inTime && retries(action.retry, task.attempt, failure.kind, forward)) {
      setTask(turn, work, { ...known, phase: "backoff", dueAt: startsAt });
      return "again";
    }
  }
  setTask(turn, work, closed(known));
  return refused === task.attempt ? "none" : "perhaps";
}

/** A refused task starts over after a backoff, under a new id. */
export function renewLater(turn: Turn, work: Work, task: Task): void {
  const policy = "retry" in work.action ? work.action.retry : oneAttempt;
  renewAt(turn, work, task, turn.at + backoffMs(policy, task.id, task.round));
}

/** The task starts over at that time, under a new id. */
export function renewAt(turn: Turn, work: Work, task: Task, dueAt: number): void {
  setTask(turn, work, { ...task, phase: "backoff", renew: true, dueAt });
}

/** Ends the task with a success. */
export function closeTask(turn: Turn, work: Work, task: Task, attempt: number): void {
  if (task.phase === "open") closeEffect(turn, task);
  setTask(turn, work, closed({ ...task, heard: [...task.heard, attempt] }));
}

/** Gives up everything that is under way, whatever its outcome. */
export function closeOpenTasks(turn: Turn): void {
  for (const path of Object.keys(turn.saga.steps))
    for (const side of ["do", "undo"] as const) abandonTask(turn, path, side);
}

/** Nothing new begins among these steps: what waits, sleeps or is between two attempts is given up. */
export function standDown(turn: Turn, concerns: (path: string) => boolean): void {
  for (const [path, record] of Object.entries(turn.saga.steps)) {
    if (record.status !== "open" || !concerns(path)) continue;
    const isQuiet = record.do?.phase === "backoff" || isIdle(turn, path);
    if (isQuiet) abandonTask(turn, path, "do");
  }
}

/** Whether the step does nothing but wait. */
function isIdle(turn: Turn, path: string): boolean {
  const kind = stepAt(turn.definition, path)?.action?.kind;
  return kind === "wait" || kind === "sleep";
}

/** Gives up a task that is under way, if there is one: no attempt follows, and whatever is heard of it is late. */
export function abandonTask(turn: Turn, path: string, side: Side): void {
  const task = taskOf(turn.saga.steps[path], side);
  if (!task || task.phase === "closed") return;
  if (task.phase === "open") closeEffect(turn, task);
  const isRefused = task.refused === task.attempt;
  const forward = isIdle(turn, path) ? "skipped" : isRefused ? "failed" : "unknown";
  const given = side === "do" ? forward : "undo-failed";
  updateStep(turn, path, { [side]: closed(task), status: given });
}

/** What waits for its next attempt waits no longer. Answers whether there was such a task. */
export function hasten(turn: Turn, path: string, side: Side): boolean {
  const task = taskOf(turn.saga.steps[path], side);
  if (task?.phase !== "backoff") return false;
  updateStep(turn, path, { [side]: { ...task, dueAt: turn.at } });
  return true;
}

/** Remembers that an attempt has been heard of, and nothing else. */
export function hear(turn: Turn, work: Work, task: Task, attempt: number): void {
  setTask(turn, work, { ...task, heard: [...task.heard, attempt] });
}

function closed({ dueAt: _, renew: __, ...task }: Task): Task {
  return { ...task, phase: "closed" };
}

function setTask(turn: Turn, { step, side }: Work, task: Task): void {
  updateStep(turn, step.path, side === "do" ? { do: task } : { undo: task });
}

/** What a throwing function of the saga's author means: nothing was sent, and trying again would throw again. */
export function thrown(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "Error";
  return { kind: "terminal", name, message: error instanceof Error ? error.message : String(error) };
}
