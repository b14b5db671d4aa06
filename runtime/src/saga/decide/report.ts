/** What a saga tells those who wait for it: its parent, and whoever asked for it. */
import type { Event } from "../store/effects.js";
import { messageId } from "../store/ids.js";
import { isAtRest } from "../store/instance.js";
import { isFinished } from "../store/saga-store.js";
import { rollBack } from "./compensation.js";
import type { Ignored } from "./outcome.js";
import { scopeOf } from "./scope.js";
import { asJson, note, openEffect, type TransitionBuilder } from "./transition-builder.js";

/** The saga has come to rest. */
export function tellOthers(turn: TransitionBuilder): void {
  const { id, parent, undoOf, caller, status, seq, retreat } = turn.saga;
  if (parent === undefined && caller === undefined) return;
  const { input: _, ...scope } = scopeOf(turn.saga);
  const results = asJson(scope);
  if (parent !== undefined) {
    const to = undoOf ?? parent;
    openEffect(turn, { type: "report", id: messageId(id, "report", "do", seq), attempt: 1, to, status, results });
  }
  if (caller && isFinished(status)) {
    const answer = { caller, status, results, ...(retreat && { failure: retreat.failure }) };
    openEffect(turn, { type: "answer", id: messageId(id, "answer", "do", seq), attempt: 1, ...answer });
  }
}

/** Whoever asked for the saga asks once more: the latest one is answered. */
export function applyAsked(turn: TransitionBuilder, { caller }: Extract<Event, { type: "asked" }>): undefined {
  turn.saga.caller = caller;
  note(turn, "asked-again");
  if (isFinished(turn.saga.status)) tellOthers(turn);
}

/** The parent turns back: what this saga has done is undone, however far it has come. */
export function applyUndo(turn: TransitionBuilder, event: Extract<Event, { type: "undo" }>): Ignored | undefined {
  const { saga } = turn;
  if (saga.undoOf === event.of) return "duplicate";
  saga.undoOf = event.of;
  note(turn, "undo-wanted", { messageId: event.of });
  const failure = { kind: "terminal", name: "parent-turned-back", message: "the parent saga turns back" } as const;
  if (saga.retreat || saga.status === "needs-attention") {
    if (isAtRest(saga.status)) tellOthers(turn);
  } else if (saga.status === "completed") rollBack(turn, failure);
  else saga.wish = { failure, end: "cancelled" };
  return undefined;
}
