/** From the items that wait for a saga to the transition that settles them. */
import { randomUUID } from "node:crypto";
import type { Json } from "../../codegen.js";
import { messageOf } from "../../core/errors.js";
import { type Decision, decideAll, decideStuck, type Ignored } from "../decide/decide.js";
import type { SagaDefinition } from "../define/definition.js";
import { lifecycleEffects } from "../lifecycle/effects.js";
import type { Effect, Event } from "../store/effects.js";
import { parseMessageId } from "../store/ids.js";
import { type Instance, nextDue, openSteps, type StepRecord } from "../store/instance.js";
import type { Commit, SagaRow } from "../store/saga-store.js";
import type { SagaMailbox } from "./saga-mailbox.js";

/** What is to be done for one saga in one batch. */
export interface Plan {
  readonly slot: SagaMailbox;
  readonly definition: SagaDefinition;
  readonly items: SagaMailbox["items"];
  /** One entry an item: why it changes nothing. Absent: it does. */
  readonly ignored: readonly (Ignored | undefined)[];
  readonly events: readonly Event[];
  readonly change: Change | undefined;
}

/** A plan that changes its saga. */
export type ChangePlan = Plan & { readonly change: Change };

/** A decision and how it is written. */
export interface Change {
  readonly decision: Decision;
  readonly commit: Commit;
}

/** The instance of a row that has not shrunk. */
export function instanceOf(row: SagaRow): Instance {
  return row.state as unknown as Instance;
}

/** Whether only the tombstone of a saga is left: it is recognised, and nothing happens to it any more. */
export function hasShrunk(row: SagaRow): boolean {
  return row.state === null && row.unreadable === undefined;
}

/**
 * Decides what waits for the saga. When the fold throws, the first item is decided alone, and the others wait again.
 * Undefined for a saga that could not even begin: its items have been told.
 */
export function plan(slot: SagaMailbox, definition: SagaDefinition, at: Moment): Plan | undefined {
  const items = slot.items.splice(0, slot.single > 0 ? 1 : slot.items.length);
  slot.single = Math.max(0, slot.single - 1);
  if (slot.row && hasShrunk(slot.row)) {
    for (const { item } of items) item.settled(item.starts ? "duplicate" : "unknown-saga");
    return undefined;
  }
  try {
    return fold(slot, definition, items, at);
  } catch {
    slot.items.unshift(...items.splice(1));
    return single(slot, definition, items, at);
  }
}

/** Decides the first item alone. What cannot be decided stops the saga; what cannot even be read is given back. */
function single(
  slot: SagaMailbox,
  definition: SagaDefinition,
  items: SagaMailbox["items"],
  at: Moment,
): Plan | undefined {
  let events: Event[] | undefined;
  try {
    events = eventsOf(items, definition, slot);
    return decided(slot, definition, items, events, at);
  } catch (error) {
    try {
      const failed = { slot, definition, items, ignored: [], change: undefined };
      if (slot.row && events) return stuckPlan({ ...failed, events }, slot.row, at, error);
    } catch {
      // The saga's own state is what cannot be decided on.
    }
    for (const { item } of items) item.settled(error instanceof Error ? error : new Error(messageOf(error)));
    return undefined;
  }
}

function fold(slot: SagaMailbox, definition: SagaDefinition, items: SagaMailbox["items"], at: Moment): Plan {
  return decided(slot, definition, items, eventsOf(items, definition, slot), at);
}

function decided(
  slot: SagaMailbox,
  definition: SagaDefinition,
  items: SagaMailbox["items"],
  events: readonly Event[],
  at: Moment,
): Plan {
  const { decision, ignored } = decideAll(definition, slot.row && instanceOf(slot.row), events);
  const change = decision && changeOf(slot.row, definition, decision, at);
  return { slot, definition, items, events, ignored, change };
}

function eventsOf(items: SagaMailbox["items"], definition: SagaDefinition, slot: SagaMailbox): Event[] {
  const instance = slot.row && instanceOf(slot.row);
  return items.map(({ item }) => item.event(definition, instance));
}

/** The same plan, but the saga stops for somebody to look at: its events could not be applied. */
export function stuckPlan(failed: Plan, row: SagaRow, at: Moment, error: unknown): ChangePlan {
  const decision = decideStuck(failed.definition, instanceOf(row), failed.events, error);
  return { ...failed, ignored: [], change: changeOf(row, failed.definition, decision, at) };
}

/** The saga that a child belongs to: the instance remembers the step. */
function parentOf({ parent }: Instance): string | undefined {
  return parent === undefined ? undefined : parseMessageId(parent)?.instance;
}

/**
 * The same change, committed by a process that carries nothing out: what it opens is left to workers, and no attempt
 * times out before one of them has begun it.
 */
export function handedOver({ decision, commit }: Change): Change {
  const steps: { [path: string]: StepRecord } = { ...decision.next.steps };
  const open = commit.open.map((effect): Effect => {
    const about = parseMessageId(effect.id);
    const record = about && steps[about.path];
    const task = about && record?.[about.side];
    const isTimed = effect.type === "run" || (effect.type === "send" && effect.correlationId !== undefined);
    if (!isTimed || !about || !record || task?.id !== effect.id) return effect;
    const { dueAt: _, deadline, ...untimed } = task;
    const isFirst = task.attempt === 1 && task.polls === undefined;
    const kept = isFirst || deadline === undefined ? untimed : { ...untimed, deadline };
    steps[about.path] = { ...record, [about.side]: kept };
    if (effect.type === "run") return { ...effect, leaseUntil: 0, handedOver: true };
    const { expiresAt: __, ...lasting } = effect;
    return { ...lasting, handedOver: true };
  });
  const { wakeAt: _, ...rest } = decision;
  const next = { ...decision.next, steps };
  const wakeAt = next.paused ? undefined : nextDue(next);
  const { dueAt: __, ...row } = commit.row;
  const due = wakeAt === undefined ? undefined : { dueAt: wakeAt };
  return {
    decision: { ...rest, next, ...(wakeAt !== undefined && { wakeAt }) },
    commit: { ...commit, row: { ...row, ...due, state: next as unknown as Json }, open },
  };
}

/** When a transition is written, and what with it. */
export interface Moment {
  /** The store's time. */
  readonly now: number;
  /** Whether others are told of the transition: the messages are committed with it. */
  readonly publishes: boolean;
}

/** How a decision is written over the row it was taken on. */
export function changeOf(
  before: SagaRow | undefined,
  definition: SagaDefinition,
  decision: Decision,
  { now, publishes }: Moment,
): Change {
  const { next, records, effects, closed, keys, wakeAt } = decision;
  const expected = before?.revision ?? 0;
  const row: { -readonly [Column in keyof SagaRow]: SagaRow[Column] } = {
    id: next.id,
    type: definition.type,
    version: definition.version,
    hash: definition.hash,
    status: next.status,
    paused: next.paused,
    cursor: openSteps(next),
    revision: expected + 1,
    state: next as unknown as Json,
    startedAt: next.startedAt,
    updatedAt: now,
    token: newToken(),
  };
  const parent = parentOf(next);
  if (next.key !== undefined) row.key = next.key;
  if (parent !== undefined) row.parent = parent;
  if (wakeAt !== undefined) row.dueAt = wakeAt;
  const open = publishes ? [...effects, ...lifecycleEffects({ row, records })] : effects;
  return { decision, commit: { row, expected, records, open, closed, keys } };
}

const worker = randomUUID();
let commits = 0;

/** Names a commit among those of all workers: after a lost answer, whose commit the store has. */
function newToken(): string {
  commits += 1;
  return `${worker}/${commits}`;
}
