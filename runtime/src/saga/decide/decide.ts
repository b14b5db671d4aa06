/**
 * The pure decision: from a saga and the events that concern it to its next state. No I/O, no clock, no randomness: the
 * same definition, instance and events always give the same transition.
 */
import type { Json } from "../../codegen.js";
import { messageOf } from "../../core/errors.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Effect, Event } from "../store/effects.js";
import { type Instance, nextDue } from "../store/instance.js";
import { describedJson, keptJson } from "../store/kept-json.js";
import type { HistoryRow, KeyChange } from "../store/saga-store.js";
import { proceed } from "./advance.js";
import { applyMessage, take } from "./message.js";
import { applyOperate } from "./operate.js";
import { applyOutcome, findTask, type Ignored } from "./outcome.js";
import { applyAsked, applyUndo } from "./report.js";
import { beginTransition, note, type TransitionBuilder, updateStep } from "./transition-builder.js";
import { applyLost, applyWake } from "./wake.js";

export type { Ignored } from "./outcome.js";

/** One transition: the saga afterwards, its new history rows, and the effects to carry out. */
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
 * Folds events of one saga into one transition, in order, with history rows for each. `ignored` has one entry an event,
 * undefined for an event that was applied. There is no decision when no event was applied.
 */
export function decideAll(
  definition: SagaDefinition,
  instance: Instance | undefined,
  events: readonly Event[],
): { readonly decision?: Decision; readonly ignored: readonly (Ignored | undefined)[] } {
  let transition = instance && beginTransition(definition, instance, 0);
  const ignored = events.map((event): Ignored | undefined => {
    if (event.type === "start") {
      if (transition) return "duplicate";
      transition = start(definition, event);
    } else {
      if (!transition) return "unknown";
      transition.at = event.at;
      const reason = apply(transition, event);
      if (reason) return reason;
    }
    proceed(transition);
    return undefined;
  });
  return transition && ignored.includes(undefined) ? { decision: finish(transition), ignored } : { ignored };
}

/** Stops a saga whose event could not be decided or stored: it needs attention, and the history holds the error. */
export function decideStuck(
  definition: SagaDefinition,
  instance: Instance,
  events: readonly Event[],
  error: unknown,
): Decision {
  const transition = beginTransition(definition, instance, events[0]?.at ?? instance.startedAt);
  transition.saga.stuck = messageOf(error);
  for (const event of events) {
    note(transition, "event-failed", { data: { error: transition.saga.stuck, event: recordOf(event) } });
    // The event is in the history: it is not offered to the saga again.
    if (event.type === "message") take(transition, event);
    if (event.type === "outcome") forget(transition, event);
  }
  proceed(transition);
  return finish(transition);
}

/** The answer is gone: whoever has the saga go on has the attempt asked once more. */
function forget(transition: TransitionBuilder, { of, attempt }: Extract<Event, { type: "outcome" }>): void {
  const task = findTask(transition, of)?.task;
  if (task?.id !== of || task.attempt !== attempt || task.phase !== "open") return;
  transition.saga.unanswered = [...(transition.saga.unanswered ?? []), { of, attempt }];
}

// A record of what went wrong must fit where the state no longer did.
const longestRecord = 16_384;

/** The event as the history keeps it, whatever is in it: without its data where that is large. */
function recordOf(event: Event): Json {
  const record = describedJson(event);
  if (sizeOf(record) <= longestRecord) return record;
  const short = Object.entries(record as { readonly [name: string]: Json }).map(([name, value]) => {
    const size = sizeOf(value);
    return [name, size <= longestRecord / 16 ? value : `[${size} characters]`];
  });
  return Object.fromEntries(short);
}

function sizeOf(value: Json): number {
  return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}` : one)).length;
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
    input: keptJson(input, `input of saga '${definition.type}'`),
    ...(trace === undefined ? undefined : { trace }),
    startedAt: at,
    seq: 0,
    steps: {},
    ...(definition.deadlineMs === undefined ? undefined : { deadlineAt: at + definition.deadlineMs }),
    ...(definition.warnAfterMs === undefined ? undefined : { warnAt: at + definition.warnAfterMs }),
  };
  const transition = beginTransition(definition, instance, at);
  note(transition, "started", { data: instance.input });
  return transition;
}

function apply(transition: TransitionBuilder, event: Exclude<Event, { type: "start" }>): Ignored | undefined {
  switch (event.type) {
    case "outcome":
      return applyOutcome(transition, event);
    case "undeliverable":
      return applyOutcome(transition, {
        type: "outcome",
        at: event.at,
        of: event.of,
        attempt: event.attempt,
        failure:
          event.refused === undefined
            ? { kind: "undeliverable", name: "unroutable", message: "no consumer is subscribed to the address" }
            : { kind: "undeliverable", name: "refused", message: `the broker refused it: ${event.refused}` },
      });
    case "lost":
      return applyLost(transition, event);
    case "wake":
      return applyWake(transition, event);
    case "operate":
      return applyOperate(transition, event);
    case "message":
      return applyMessage(transition, event);
    case "asked":
      return applyAsked(transition, event);
    case "undo":
      return applyUndo(transition, event);
    case "attention": {
      const found = findTask(transition, event.of);
      if (!found) return "unknown";
      const { path } = found.work.step;
      updateStep(transition, path, { needsAttention: true });
      note(transition, "child-needs-attention", { step: path });
      return undefined;
    }
  }
}

function finish(transition: TransitionBuilder): Decision {
  const { saga: next, records, effects, closed, keys } = transition;
  const wakeAt = next.paused ? undefined : nextDue(next);
  return { next, records, effects, closed, keys, ...(wakeAt === undefined ? undefined : { wakeAt }) };
}
