/** Time: what is due, and what was lost. */
import { stepsOf } from "../definition.js";
import type { Event } from "../effects.js";
import type { Side } from "../ids.js";
import type { Task } from "../instance.js";
import { nextAttempt, resend, startTask, taskOf, type Work } from "./attempt.js";
import { fail, findTask, type Ignored } from "./outcome.js";
import { closeEffect, type Turn } from "./turn.js";

/** Everything due at the event's time: attempts that got no answer, backoffs that have ended. */
export function applyWake(turn: Turn, event: Extract<Event, { type: "wake" }>): Ignored | undefined {
  if (turn.saga.paused) return "stale";
  let applied = false;
  for (const path of Object.keys(turn.saga.steps)) {
    for (const side of ["do", "undo"] as const) {
      const due = dueTask(turn, path, side);
      if (!due) continue;
      const { work, task } = due;
      // A reply may be waiting where this worker does not hear it.
      if (event.deaf && task.phase === "open" && work.action.kind === "call") continue;
      applied = true;
      if (task.phase === "backoff") goOn(turn, work, task);
      else fail(turn, work, task, task.attempt, noAnswer(work));
    }
  }
  return applied ? undefined : "stale";
}

/** A run whose lease has lapsed starts its next attempt; a command that was forgotten is sent again. */
export function applyLost(turn: Turn, event: Extract<Event, { type: "lost" }>): Ignored | undefined {
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

function dueTask(turn: Turn, path: string, side: Side): { work: Work; task: Task } | undefined {
  const task = taskOf(turn.saga.steps[path], side);
  if (task?.dueAt === undefined || task.dueAt > turn.at) return undefined;
  const step = stepsOf(turn.definition).get(path);
  const action = side === "do" ? step?.action : step?.compensate;
  return step && action ? { work: { step, side, action }, task } : undefined;
}

function goOn(turn: Turn, work: Work, task: Task): void {
  if (task.renew) {
    const failure = startTask(turn, work);
    if (failure) fail(turn, work, task, task.attempt, failure);
  } else {
    nextAttempt(turn, work, task);
  }
}

function noAnswer({ action, step }: Work): { kind: "timeout"; name: string; message: string } {
  const ms = action.kind === "send" ? 0 : action.timeoutMs;
  return { kind: "timeout", name: "timeout", message: `no answer to step '${step.name}' within ${ms} ms` };
}
