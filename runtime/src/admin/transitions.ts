/** Transitions without a runner: this process decides and commits them by compare-and-swap. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { SagaspecError } from "../core/errors.js";
import { decide } from "../saga/decide/decide.js";
import type { SagaDefinition } from "../saga/define/definition.js";
import type { Definitions } from "../saga/run/definitions.js";
import { refusalOf } from "../saga/run/operator-line.js";
import type { OperatorVerdict } from "../saga/run/options.js";
import { type Change, changeOf, handedOver, hasShrunk, instanceOf } from "../saga/run/plan.js";
import { refuseOtherInput } from "../saga/run/starts.js";
import type { Event, OperatorAct } from "../saga/store/effects.js";
import { effectKey } from "../saga/store/ids.js";
import type { SagaRow, SagaStore } from "../saga/store/saga-store.js";

const attempts = 20;

/** Acts on a saga: its workers find what follows from it in the store. */
export async function operate(
  store: SagaStore,
  definitions: Definitions,
  id: string,
  act: OperatorAct,
  publishes: boolean,
): Promise<OperatorVerdict> {
  const event = { ...act, type: "operate", id: randomUUID() } as const;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const row = await rowOf(store, id);
    const definition = definitions.of(row);
    if (!definition) throw definitions.missing(row);
    const at = await storeTime(store);
    const decision = !hasShrunk(row) && decide(definition, instanceOf(row), { ...event, at });
    if (!decision) return { id, status: row.status, refused: `the saga is ${row.status}, and long over` };
    // It was written before, and the answer lost.
    if ("ignore" in decision) return { id, status: row.status };
    const change = handedOver(changeOf(row, definition, decision, { now: at, publishes }));
    if (await commit(store, change)) {
      return { id, status: change.commit.row.status, ...refusalOf(act, change.commit.records) };
    }
    await pause(Math.random() * 20 * attempt);
  }
  const text = `saga ${id}: it changed ${attempts} times meanwhile; try again`;
  throw new SagaspecError("conflict", text, { retryable: true });
}

/** Begins a saga, or gives the one there is of that key. */
export async function begin(
  store: SagaStore,
  definition: SagaDefinition,
  event: Omit<Extract<Event, { type: "start" }>, "at" | "type">,
  publishes: boolean,
): Promise<SagaRow> {
  const at = await storeTime(store);
  const decision = decide(definition, undefined, { type: "start", at, ...event });
  if ("ignore" in decision) throw new SagaspecError("conflict", `saga '${definition.type}': it cannot begin`);
  const change = handedOver(changeOf(undefined, definition, decision, { now: at, publishes }));
  if (await commit(store, change)) return change.commit.row;
  const byKey = event.key === undefined ? [] : [{ type: definition.type, businessKey: event.key }];
  const row = (await store.load([{ id: event.id }, ...byKey])).flat()[0];
  if (row) {
    await refuseOtherInput(store, row, event.input);
    return row;
  }
  const text = `saga '${definition.type}': another one was started at the same time and has gone since; start it again`;
  throw new SagaspecError("conflict", text, { retryable: true });
}

/** @throws SagaspecError `unknown-saga` */
export async function rowOf(store: SagaStore, id: string): Promise<SagaRow> {
  const [rows] = await store.load([{ id }]);
  const row = rows?.[0];
  if (!row) throw new SagaspecError("unknown-saga", `saga ${id}: the store has none of that id; was it purged?`);
  return row;
}

/** Workers carry out what follows: they are told. */
async function commit(store: SagaStore, { commit }: Change): Promise<boolean> {
  const handOver = [{ sagaId: commit.row.id, keys: commit.open.map(effectKey) }];
  const [verdict] = await store.commit([commit], { handOver });
  if (verdict instanceof Error) throw verdict;
  return verdict === "done";
}

/** Asks for nothing but the time: no definition, no row. */
async function storeTime(store: SagaStore): Promise<number> {
  return (await store.pending([], 0, 0)).now;
}
