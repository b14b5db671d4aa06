/**
 * The pure heart: what has happened to a saga, and what follows. No I/O, no clock, no chance: the same definition,
 * instance and events always give the same transition.
 */
import { messageOf } from "../../core/errors.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Effect, Event } from "../store/effects.js";
import { type Instance, nextDue } from "../store/instance.js";
import type { HistoryRow, KeyChange } from "../store/saga-store.js";
import { proceed } from "./advance.js";
import { applyMessage, take } from "./message.js";
import { applyOperate } from "./operate.js";
import { applyOutcome, findTask, type Ignored } from "./outcome.js";
import { applyAsked, applyUndo } from "./report.js";
import { asJson, beginTransition, note, type TransitionBuilder, updateStep } from "./transition-builder.js";
import { applyLost, applyWake } from "./wake.js";

export type { Ignored } from "./outcome.js";

/** One transition: the saga afterwards, what to remember and what to do. */
export interface Decision {
  readonly next: Instance;
  readonly records: readonly HistoryRow[];
  /** To carry out. Durable until closed. */
  readonly effects: readonly Effect[];
  /** Keys of effects that need no carrying out any more. */
  readonly closed: readonly string[];
  readonly keys: readonly KeyChange[];
  /** When something is due next. */
  readonly wakeAt?: number;
}

/** Applies one event: {@link decideAll} of one. */
export function decide(
  definition: SagaDefinition,
  instance: Instance | undefined,
  event: Event,
): Decision | { readonly ignore: Ignored } {
  const { decision, ignored } = decideAll(definition, instance, [event]);
  return decision ?? { ignore: ignored[0] ?? "stale" };
}

/**
 * Folds events that wait together into one transition, in order, with a history row each. `ignored` has one entry an
 * event: undefined for an event that was applied. Without any, there is no decision.
 */
export function decideAll(
  definition: SagaDefinition,
  instance: Instance | undefined,
  events: readonly Event[],
): { readonly decision?: Decision; readonly ignored: readonly (Ignored | undefined)[] } {
  let turn = instance && beginTransition(definition, instance, 0);
  const ignored = events.map((event): Ignored | undefined => {
    if (event.type === "start") {
      if (turn) return "duplicate";
      turn = start(definition, event);
    } else {
      if (!turn) return "unknown";
      turn.at = event.at;
      const reason = apply(turn, event);
      if (reason) return reason;
    }
    proceed(turn);
    return undefined;
  });
  return turn && ignored.includes(undefined) ? { decision: finish(turn), ignored } : { ignored };
}

/** What becomes of a saga whose event could not be decided: it stops, and somebody looks at it. */
export function decideStuck(
  definition: SagaDefinition,
  instance: Instance,
  events: readonly Event[],
  error: unknown,
): Decision {
  const turn = beginTransition(definition, instance, events[0]?.at ?? instance.startedAt);
  turn.saga.stuck = messageOf(error);
  for (const event of events) {
    note(turn, "event-failed", { data: { error: turn.saga.stuck, event: asJson(event) } });
    // It is in the history now, and need not be offered again.
    if (event.type === "message") take(turn, event);
  }
  proceed(turn);
  return finish(turn);
}

function start(definition: SagaDefinition, event: Extract<Event, { type: "start" }>): TransitionBuilder {
  const { id, key, parent, caller, input, trace, at } = event;
  const instance: Instance = {
    id,
    ...(key === undefined ? undefined : { key }),
    ...(parent === undefined ? undefined : { parent }),
    ...(caller === undefined ? undefined : { caller }),
    status: "running",
    paused: false,
    input,
    ...(trace === undefined ? undefined : { trace }),
    startedAt: at,
    seq: 0,
    steps: {},
    ...(definition.deadlineMs === undefined ? undefined : { deadlineAt: at + definition.deadlineMs }),
    ...(definition.warnAfterMs === undefined ? undefined : { warnAt: at + definition.warnAfterMs }),
  };
  const turn = beginTransition(definition, instance, at);
  note(turn, "started", { data: input });
  return turn;
}

function apply(turn: TransitionBuilder, event: Exclude<Event, { type: "start" }>): Ignored | undefined {
  switch (event.type) {
    case "outcome":
      return applyOutcome(turn, event);
    case "undeliverable":
      return applyOutcome(turn, {
        type: "outcome",
        at: event.at,
        of: event.of,
        attempt: event.attempt,
        failure: { kind: "undeliverable", name: "unroutable", message: "nobody listens there" },
      });
    case "lost":
      return applyLost(turn, event);
    case "wake":
      return applyWake(turn, event);
    case "operate":
      return applyOperate(turn, event);
    case "message":
      return applyMessage(turn, event);
    case "asked":
      return applyAsked(turn, event);
    case "undo":
      return applyUndo(turn, event);
    case "attention": {
      const found = findTask(turn, event.of);
      if (!found) return "unknown";
      const { path } = found.work.step;
      updateStep(turn, path, { needsAttention: true });
      note(turn, "child-needs-attention", { step: path });
      return undefined;
    }
  }
}

function finish(turn: TransitionBuilder): Decision {
  const { saga: next, records, effects, closed, keys } = turn;
  const wakeAt = next.paused ? undefined : nextDue(next);
  return { next, records, effects, closed, keys, ...(wakeAt === undefined ? undefined : { wakeAt }) };
}
