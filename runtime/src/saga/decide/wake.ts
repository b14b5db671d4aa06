/** Timers that are due, and effects that were lost. */

import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { Side } from "../store/ids.js";
import type { Task } from "../store/instance.js";
import { beginTask, nextAttempt, resend, startTask } from "./attempt.js";
import { applyOutcome, fail, findTask, type Ignored } from "./outcome.js";
import { isPivotUnknown } from "./pivot.js";
import { taskOf, type Work } from "./task.js";
import { closeEffect, note, type TransitionBuilder, updateGroup, updateStep } from "./transition-builder.js";

/** Applies everything that is due at the event's time: timeouts, ended backoffs and sleeps, warnings, deadlines. */
export function applyWake(transition: TransitionBuilder, event: Extract<Event, { type: "wake" }>): Ignored | undefined {
  if (transition.saga.paused) return "stale";
  let applied = warn(transition);
  if (expire(transition)) applied = true;
  for (const path of Object.keys(transition.saga.steps)) {
    for (const side of ["do", "undo"] as const) {
      const due = dueTask(transition, path, side);
      if (!due) continue;
      const { work, task } = due;
      // While replies cannot be received, one may be waiting at the broker: timeouts hold.
      const { kind } = work.action;
      if (event.deaf && task.phase === "open" && (kind === "call" || kind === "wait")) continue;
      applied = true;
      if (task.phase === "backoff") goOn(transition, work, task);
      else if (kind === "sleep") awake(transition, task);
      else fail(transition, work, task, task.attempt, noAnswer(work));
    }
  }
  return applied ? undefined : "stale";
}

/** Records SLA warnings that are due. Nothing else changes. */
function warn(transition: TransitionBuilder): boolean {
  const { saga, at } = transition;
  const before = saga.seq;
  if (saga.warnAt !== undefined && saga.warnAt <= at) {
    delete saga.warnAt;
    note(transition, "sla-warning");
  }
  for (const [path, record] of Object.entries(saga.steps)) {
    if (record.warnAt === undefined || record.warnAt > at || record.status !== "open") continue;
    updateStep(transition, path, { warnAt: undefined });
    note(transition, "sla-warning", { step: path });
  }
  for (const [path, { warnAt, ...group }] of Object.entries(saga.groups ?? {})) {
    if (warnAt === undefined || warnAt > at || group.status !== "open") continue;
    updateGroup(transition, path, group);
    note(transition, "sla-warning", { step: path });
  }
  return saga.seq > before;
}

/** Asks for a rollback where the deadline of the saga or of a phase has passed, unless the pivot has been passed. */
function expire(transition: TransitionBuilder): boolean {
  const { saga, at } = transition;
  const before = saga.seq;
  if (saga.deadlineAt !== undefined && saga.deadlineAt <= at) {
    delete saga.deadlineAt;
    giveUpTime(transition, "deadline", "the saga took longer than its deadline");
  }
  for (const [path, { dueAt, ...group }] of Object.entries(saga.groups ?? {})) {
    if (dueAt === undefined || dueAt > at || group.status !== "open") continue;
    updateGroup(transition, path, group);
    giveUpTime(transition, "phase-timeout", `phase '${path}' took longer than its timeout`, path);
  }
  return saga.seq > before;
}

function giveUpTime(transition: TransitionBuilder, name: string, message: string, step?: string): void {
  const { saga } = transition;
  const about = step === undefined ? undefined : { step };
  const isRefused = saga.pivot !== undefined || saga.retreat !== undefined || isPivotUnknown(transition);
  note(transition, "deadline-passed", { ...about, data: isRefused ? { refused: message } : { message } });
  if (!isRefused) saga.wish = { ...about, failure: { kind: "timeout", name, message }, end: "compensated" };
}

function awake(transition: TransitionBuilder, task: Task): void {
  applyOutcome(transition, { type: "outcome", at: transition.at, of: task.id, attempt: task.attempt, ok: null });
}

/** Starts the next attempt of a `run` whose lease has lapsed; sends a lost command again. */
export function applyLost(transition: TransitionBuilder, event: Extract<Event, { type: "lost" }>): Ignored | undefined {
  const found = findTask(transition, event.of);
  if (!found) return "unknown";
  if (transition.saga.paused) return "stale";
  const { work, task, round } = found;
  if (round !== task.round || event.attempt !== task.attempt || task.phase !== "open") return "stale";
  if (event.begun === false) beginTask(transition, work, task);
  else if (work.action.kind === "run") {
    closeEffect(transition, task);
    nextAttempt(transition, work, task);
  } else {
    resend(transition, work, task);
  }
  return undefined;
}

function dueTask(transition: TransitionBuilder, path: string, side: Side): { work: Work; task: Task } | undefined {
  const task = taskOf(transition.saga.steps[path], side);
  if (task?.dueAt === undefined || task.dueAt > transition.at) return undefined;
  const step = stepAt(transition.definition, path);
  const action = side === "do" ? step?.action : step?.compensate;
  return step && action ? { work: { step, side, action }, task } : undefined;
}

function goOn(transition: TransitionBuilder, work: Work, task: Task): void {
  if (task.renew) {
    const failure = startTask(transition, work);
    if (failure) fail(transition, work, task, task.attempt, failure);
  } else {
    nextAttempt(transition, work, task);
  }
}

function noAnswer({ action, step }: Work): { kind: "timeout"; name: string; message: string } {
  const ms = "timeoutMs" in action ? action.timeoutMs : 0;
  const what = action.kind === "wait" ? "no message for" : "no answer to";
  return { kind: "timeout", name: "timeout", message: `${what} step '${step.name}' within ${ms} ms` };
}
