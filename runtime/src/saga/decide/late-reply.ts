import type { Event } from "../store/effects.js";
import type { StepRecord } from "../store/instance.js";
import { completeStep, undone } from "./complete.js";
import type { Work } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

export type Outcome = Extract<Event, { type: "outcome" }>;

/** An answer that nothing waits for. A failure changes nothing; a success may have left something to undo. */
export function applyLateReply(
  turn: TransitionBuilder,
  { step, side, action }: Work,
  { status, reply }: StepRecord,
  event: Outcome,
): void {
  const { path } = step;
  const unheard = "failure" in event && event.failure.kind === "undeliverable";
  note(turn, unheard ? "undeliverable" : "late-reply", {
    step: path,
    attempt: event.attempt,
    messageId: event.messageId ?? event.of,
    data: "ok" in event ? { ok: event.ok } : { failure: { ...event.failure } },
  });
  // A child that is told to turn back does so whatever it has said before.
  if (!("ok" in event) || action.kind === "child") return;
  if (side === "undo") {
    if (status === "undo-failed") undone(turn, path);
  } else if (status === "unknown" || (status === "failed" && !turn.saga.retreat)) {
    completeStep(turn, path, event.ok);
  } else if (turn.definition.lateSuccess === "compensate" && step.compensate) {
    // Another attempt of the same command has said so before: the undo knew of it.
    const isNews = reply === undefined;
    if (status === "undoing" && isNews) updateStep(turn, path, { reply: event.ok, again: true });
    else if ((status === "undone" && isNews) || status === "undo-failed" || status === "failed") {
      updateStep(turn, path, { status: "done", reply: event.ok, failure: undefined });
    }
  }
}
