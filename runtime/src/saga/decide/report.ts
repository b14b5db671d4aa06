/** What a saga reports when it comes to rest: to its parent, and to the requester that started it. */
import type { Json } from "../../codegen.js";
import type { Event } from "../store/effects.js";
import { messageId } from "../store/ids.js";
import { isAtRest } from "../store/instance.js";
import { isFinished } from "../store/saga-store.js";
import { rollBack } from "./compensation.js";
import type { Ignored } from "./outcome.js";
import { scopeOf } from "./scope.js";
import { note, openEffect, type TransitionBuilder } from "./transition-builder.js";

/** Opens the effects that report the saga's status to parent and requester. */
export function tellOthers(transition: TransitionBuilder): void {
  const { id, parent, undoOf, caller, status, seq, retreat } = transition.saga;
  if (parent === undefined && caller === undefined) return;
  const { input = null, ...scope } = scopeOf(transition.saga);
  const results = scope as Json;
  if (parent !== undefined) {
    const to = undoOf ?? parent;
    openEffect(transition, { type: "report", id: messageId(id, "report", "do", seq), attempt: 1, to, status, results });
  }
  if (caller && isFinished(status)) {
    // Whoever answers sees what the saga was asked for as well.
    const answer = {
      caller,
      status,
      results: { input, ...scope } as Json,
      ...(retreat && { failure: retreat.failure }),
    };
    openEffect(transition, { type: "answer", id: messageId(id, "answer", "do", seq), attempt: 1, ...answer });
  }
}

/** The request that started the saga arrived again: the latest requester is answered. */
export function applyAsked(transition: TransitionBuilder, { caller }: Extract<Event, { type: "asked" }>): undefined {
  transition.saga.caller = caller;
  note(transition, "asked-again");
  if (isFinished(transition.saga.status)) tellOthers(transition);
}

/** The parent rolls back: this saga is compensated, even if it has completed. */
export function applyUndo(transition: TransitionBuilder, event: Extract<Event, { type: "undo" }>): Ignored | undefined {
  const { saga } = transition;
  if (saga.undoOf === event.of) return "duplicate";
  saga.undoOf = event.of;
  note(transition, "undo-wanted", { messageId: event.of });
  const failure = { kind: "terminal", name: "parent-turned-back", message: "the parent saga rolls back" } as const;
  if (saga.retreat || saga.status === "needs-attention") {
    if (isAtRest(saga.status)) tellOthers(transition);
  } else if (saga.status === "completed") rollBack(transition, failure);
  else saga.wish = { failure, end: "cancelled" };
  return undefined;
}
