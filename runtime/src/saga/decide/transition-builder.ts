/** A transition in the making: one or more events applied to one saga, to be committed at once. */
import type { Json } from "../../codegen.js";
import { fastMerge } from "../../core/fast-merge.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Effect } from "../store/effects.js";
import { effectKey } from "../store/ids.js";
import type { GroupRecord, Instance, StepRecord } from "../store/instance.js";
import type { HistoryRow, KeyChange } from "../store/saga-store.js";
import type { HistoryKind } from "./history.js";

/** The saga as this turn leaves it. A copy of its own: what `decide` was given stays as it is. */
export type Draft = { -readonly [K in keyof Omit<Instance, "steps">]: Instance[K] } & {
  steps: { [path: string]: StepRecord };
};

export interface TransitionBuilder {
  readonly definition: SagaDefinition;
  readonly saga: Draft;
  /** Time of the event that is being applied. */
  at: number;
  readonly records: HistoryRow[];
  readonly effects: Effect[];
  readonly closed: string[];
  readonly keys: KeyChange[];
}

export function beginTransition(definition: SagaDefinition, from: Instance, at: number): TransitionBuilder {
  const saga = fastMerge(from, { steps: fastMerge(from.steps) });
  return { definition, saga, at, records: [], effects: [], closed: [], keys: [] };
}

/** Adds a line to the history. */
export function note(
  turn: TransitionBuilder,
  kind: HistoryKind,
  about: Omit<HistoryRow, "seq" | "at" | "kind"> = {},
): void {
  turn.saga.seq += 1;
  turn.records.push({ seq: turn.saga.seq, at: turn.at, kind, ...about });
}

/** Somebody is to carry the effect out. One that this very turn has opened before is the same. */
export function openEffect(turn: TransitionBuilder, effect: Effect): void {
  withdraw(turn, effect);
  turn.effects.push(effect);
}

/** Nobody need carry the effect out any more. One that this very turn opened has never been. */
export function closeEffect(turn: TransitionBuilder, effect: Pick<Effect, "id" | "attempt">): void {
  withdraw(turn, effect);
  turn.closed.push(effectKey(effect));
}

function withdraw({ effects }: TransitionBuilder, { id, attempt }: Pick<Effect, "id" | "attempt">): void {
  const opened = effects.findIndex((one) => one.id === id && one.attempt === attempt);
  if (opened >= 0) effects.splice(opened, 1);
}

/** Changes what is known of a step; `undefined` takes a property away. */
export function updateStep(
  turn: TransitionBuilder,
  path: string,
  change: { readonly [K in keyof StepRecord]?: StepRecord[K] | undefined },
): StepRecord {
  const known = turn.saga.steps[path] ?? { order: Object.keys(turn.saga.steps).length + 1, status: "open" };
  const record: StepRecord = fastMerge(known);
  for (const key in change) put(record, key as keyof StepRecord, change[key as keyof StepRecord]);
  turn.saga.steps[path] = record;
  return record;
}

/** Writes what is known of a group. */
export function updateGroup(turn: TransitionBuilder, path: string, record: GroupRecord): GroupRecord {
  turn.saga.groups = fastMerge(turn.saga.groups, { [path]: record });
  return record;
}

/** A value as it is stored: what JSON makes of it. */
export function asJson(value: unknown): Json {
  return value === undefined ? null : (value as Json);
}

/** An object that has lost a property is slow from then on: only one that is there is taken away. */
function put<Key extends keyof StepRecord>(
  record: { -readonly [K in keyof StepRecord]?: StepRecord[K] | undefined },
  key: Key,
  value: StepRecord[Key] | undefined,
): void {
  if (value !== undefined) record[key] = value;
  else if (key in record) delete record[key];
}
