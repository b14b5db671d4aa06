/** Time: what is due, and what was lost. */

import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { Side } from "../store/ids.js";
import type { Task } from "../store/instance.js";
import { nextAttempt, resend, startTask } from "./attempt.js";
import { applyOutcome, fail, findTask, type Ignored } from "./outcome.js";
import { isPivotUnknown } from "./pivot.js";
import { taskOf, type Work } from "./task.js";
import { closeEffect, note, type TransitionBuilder, updateGroup, updateStep } from "./transition-builder.js";

/** Everything due at the event's time: attempts that got no answer, backoffs that have ended. */
export function applyWake(turn: TransitionBuilder, event: Extract<Event, { type: "wake" }>): Ignored | undefined {
  if (turn.saga.paused) return "stale";
  let applied = warn(turn);
  if (expire(turn)) applied = true;
  for (const path of Object.keys(turn.saga.steps)) {
    for (const side of ["do", "undo"] as const) {
      const due = dueTask(turn, path, side);
      if (!due) continue;
      const { work, task } = due;
      // A reply may be waiting where this worker does not hear it.
      const { kind } = work.action;
      if (event.deaf && task.phase === "open" && (kind === "call" || kind === "wait")) continue;
      applied = true;
      if (task.phase === "backoff") goOn(turn, work, task);
      else if (kind === "sleep") awake(turn, task);
      else fail(turn, work, task, task.attempt, noAnswer(work));
    }
  }
  return applied ? undefined : "stale";
}

/** Who watches the saga learns what takes its time. Nothing else changes. */
function warn(turn: TransitionBuilder): boolean {
  const { saga, at } = turn;
  const before = saga.seq;
  if (saga.warnAt !== undefined && saga.warnAt <= at) {
    delete saga.warnAt;
    note(turn, "sla-warning");
  }
  for (const [path, record] of Object.entries(saga.steps)) {
    if (record.warnAt === undefined || record.warnAt > at || record.status !== "open") continue;
    updateStep(turn, path, { warnAt: undefined });
    note(turn, "sla-warning", { step: path });
  }
  for (const [path, { warnAt, ...group }] of Object.entries(saga.groups ?? {})) {
    if (warnAt === undefined || warnAt > at || group.status !== "open") continue;
    updateGroup(turn, path, group);
    note(turn, "sla-warning", { step: path });
  }
  return saga.seq > before;
}

/** The time of the saga, or of a phase, is over: it turns back, unless the pivot has been passed. */
function expire(turn: TransitionBuilder): boolean {
  const { saga, at } = turn;
  const before = saga.seq;
  if (saga.deadlineAt !== undefined && saga.deadlineAt <= at) {
    delete saga.deadlineAt;
    giveUpTime(turn, "deadline", "the saga took longer than its deadline");
  }
  for (const [path, { dueAt, ...group }] of Object.entries(saga.groups ?? {})) {
    if (dueAt === undefined || dueAt > at || group.status !== "open") continue;
    updateGroup(turn, path, group);
    giveUpTime(turn, "phase-timeout", `phase '${path}' took longer than its timeout`, path);
  }
  return saga.seq > before;
}

function giveUpTime(turn: TransitionBuilder, name: string, message: string, step?: string): void {
  const { saga } = turn;
  const about = step === undefined ? undefined : { step };
  const isRefused = saga.pivot !== undefined || saga.retreat !== undefined || isPivotUnknown(turn);
  note(turn, "deadline-passed", { ...about, data: isRefused ? { refused: message } : { message } });
  if (!isRefused) saga.wish = { ...about, failure: { kind: "timeout", name, message }, end: "compensated" };
}

function awake(turn: TransitionBuilder, task: Task): void {
  applyOutcome(turn, { type: "outcome", at: turn.at, of: task.id, attempt: task.attempt, ok: null });
}

/** A run whose lease has lapsed starts its next attempt; a command that was forgotten is sent again. */
export function applyLost(turn: TransitionBuilder, event: Extract<Event, { type: "lost" }>): Ignored | undefined {
  const found = findTask(turn, event.of);
  if (!found) return "unknown";
  if (turn.saga.paused) return "stale";
  const { work, task, round } = found;
  if (round !== task.round || event.attempt !== task.attempt || task.phase !== "open") return "stale";
  if (work.action.kind === "run") {
    closeEffect(turn, task);
    nextAttempt(turn, work, task);
  } else {
    resend(turn, work, task);
  }
  return undefined;
}

function dueTask(turn: TransitionBuilder, path: string, side: Side): { work: Work; task: Task } | undefined {
  const task = taskOf(turn.saga.steps[path], side);
  if (task?.dueAt === undefined || task.dueAt > turn.at) return undefined;
  const step = stepAt(turn.definition, path);
  const action = side === "do" ? step?.action : step?.compensate;
  return step && action ? { work: { step, side, action }, task } : undefined;
}

function goOn(turn: TransitionBuilder, work: Work, task: Task): void {
  if (task.renew) {
    const failure = startTask(turn, work);
    if (failure) fail(turn, work, task, task.attempt, failure);
  } else {
    nextAttempt(turn, work, task);
  }
}

function noAnswer({ action, step }: Work): { kind: "timeout"; name: string; message: string } {
  const ms = "timeoutMs" in action ? action.timeoutMs : 0;
  const what = action.kind === "wait" ? "no message for" : "no answer to";
  return { kind: "timeout", name: "timeout", message: `${what} step '${step.name}' within ${ms} ms` };
}
