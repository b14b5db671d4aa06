import type { Event } from "../store/effects.js";
import type { StepRecord } from "../store/instance.js";
import { completeStep, undone } from "./complete.js";
import type { Work } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

export type Outcome = Extract<Event, { type: "outcome" }>;

/** Applies an outcome whose task is closed. A failure changes nothing; a success may have left something to undo. */
export function applyLateReply(
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
