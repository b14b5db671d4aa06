/** Collects a transition: the changes that one or more events make to one saga, committed together. */
import { fastMerge } from "../../core/fast-merge.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Effect } from "../store/effects.js";
import type { HistoryKind } from "../store/history.js";
import { effectKey } from "../store/ids.js";
import type { GroupRecord, Instance, StepRecord } from "../store/instance.js";
import type { HistoryRow, KeyChange } from "../store/saga-store.js";

/** The saga as the transition leaves it: a copy, so that what `decide` was given is not changed. */
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
  transition: TransitionBuilder,
  kind: HistoryKind,
  about: Omit<HistoryRow, "seq" | "at" | "kind"> = {},
): void {
  transition.saga.seq += 1;
  transition.records.push({ seq: transition.saga.seq, at: transition.at, kind, ...about });
}

/** Of what happens to a step again and again the first so many have a line each. */
const often = 10;

/** Whether the same has happened to the step so often that not every time has a line. */
export function isOften({ saga }: TransitionBuilder, kind: HistoryKind, path: string): boolean {
  return (saga.repeated?.[`${kind} ${path}`]?.count ?? 0) >= often;
}

/**
 * Adds a line for what may happen to a step any number of times. After the first ten a line `repeated` tells how often it
 * has happened so far, the first and the last time, each time that the number has doubled: the history stays short.
 */
export function noteRepeated(
  transition: TransitionBuilder,
  kind: HistoryKind,
  about: Omit<HistoryRow, "seq" | "at" | "kind"> & { readonly step: string },
): void {
  const { saga, at } = transition;
  const what = `${kind} ${about.step}`;
  const known = saga.repeated?.[what];
  const count = (known?.count ?? 0) + 1;
  const first = known?.first ?? at;
  const isTold = count <= often || count >= 2 * (known?.told ?? 0);
  if (count <= often) note(transition, kind, about);
  else if (isTold) note(transition, "repeated", { step: about.step, data: { kind, count, first, last: at } });
  const told = isTold ? count : (known?.told ?? 0);
  saga.repeated = fastMerge(saga.repeated, { [what]: { count, told, first, last: at } });
}

/** The step has ended: the history says how often it has happened in all. */
export function endRepeats(transition: TransitionBuilder, path: string): void {
  const { saga } = transition;
  if (saga.repeated === undefined) return;
  const { repeated } = saga;
  const left = Object.entries(repeated).filter(([what, { count, told, first, last }]) => {
    const [kind, step] = [what.slice(0, what.indexOf(" ")), what.slice(what.indexOf(" ") + 1)];
    if (step !== path) return true;
    if (count > told) note(transition, "repeated", { step, data: { kind, count, first, last } });
    return false;
  });
  if (left.length > 0) saga.repeated = Object.fromEntries(left);
  else delete saga.repeated;
}

/** Adds an effect to carry out. It replaces one of the same id and attempt that this transition has opened. */
export function openEffect(transition: TransitionBuilder, effect: Effect): void {
  withdraw(transition, effect);
  transition.effects.push(effect);
}

/** Marks an effect as no longer needed. One that this transition has opened is dropped. */
export function closeEffect(transition: TransitionBuilder, effect: Pick<Effect, "id" | "attempt">): void {
  withdraw(transition, effect);
  transition.closed.push(effectKey(effect));
}

function withdraw({ effects }: TransitionBuilder, { id, attempt }: Pick<Effect, "id" | "attempt">): void {
  const opened = effects.findIndex((one) => one.id === id && one.attempt === attempt);
  if (opened >= 0) effects.splice(opened, 1);
}

/** Changes the record of a step; `undefined` removes a property. */
export function updateStep(
  transition: TransitionBuilder,
  path: string,
  change: { readonly [K in keyof StepRecord]?: StepRecord[K] | undefined },
): StepRecord {
  const known = transition.saga.steps[path] ?? { order: Object.keys(transition.saga.steps).length + 1, status: "open" };
  const record: StepRecord = fastMerge(known);
  for (const key in change) put(record, key as keyof StepRecord, change[key as keyof StepRecord]);
  transition.saga.steps[path] = record;
  return record;
}

/** Replaces the record of a group. */
export function updateGroup(transition: TransitionBuilder, path: string, record: GroupRecord): GroupRecord {
  transition.saga.groups = fastMerge(transition.saga.groups, { [path]: record });
  return record;
}

/** Deletes a property only where it exists: V8 makes an object slow after a `delete`. */
function put<Key extends keyof StepRecord>(
  record: { -readonly [K in keyof StepRecord]?: StepRecord[K] | undefined },
  key: Key,
  value: StepRecord[Key] | undefined,
): void {
  if (value !== undefined) record[key] = value;
  else if (key in record) delete record[key];
}
