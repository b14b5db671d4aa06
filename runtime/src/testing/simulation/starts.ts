/** How the sagas of a history begin: at some moment, on some worker, until one of them has stored it. */
import type { Saga } from "../../saga/builder.js";
import type { SagaDefinition } from "../../saga/definition.js";
import type { SagaRunner } from "../../saga/runner/runner.js";
import { fake } from "../fake.js";
import type { Ledger } from "./ledger.js";
import type { Surroundings } from "./life.js";
import type { Process } from "./processes.js";
import type { SimulatedSaga } from "./scenario.js";

/** A saga that is to begin. */
export interface Start {
  readonly saga: SagaDefinition;
  readonly key: string;
  readonly input: unknown;
}

const latestMs = 8_000;
/** A caller that hears nothing asks somebody else. */
const patienceMs = 4_000;
const twins = 0.15;
const mostCancellations = 5;

/** Everything that a scenario begins. */
export function startsOf(sagas: readonly SimulatedSaga[], { misfortune }: Surroundings): readonly Start[] {
  return sagas.flatMap(({ saga, inputs }) =>
    (inputs ?? [randomInput(saga, 1 + misfortune.ms(`input of ${saga.type}`, 0, 10_000))]).map((input, index) => ({
      saga,
      key: `${saga.type}-${index + 1}`,
      input,
    })),
  );
}

/** Begins a saga. Now and then two callers do so at once, with the same key: one saga it must be. */
export function begin(
  start: Start,
  workers: readonly Process<SagaRunner>[],
  ledger: Ledger,
  around: Surroundings,
): void {
  const { misfortune, time } = around;
  const { key } = start;
  const at = misfortune.ms(`start of ${key}`, 100, latestMs);
  const names = misfortune.chance(`twin of ${key}`) < twins ? [key, `${key}-twin`] : [key];
  for (const id of names) time.after(at, () => void insist(id, start, workers, ledger, around));
  if (!misfortune.strikes("cancel", key)) return;
  time.after(
    at + misfortune.ms(`patience with ${key}`, 0, latestMs),
    () => void cancel(start, workers, ledger, around),
  );
}

async function insist(
  id: string,
  { saga, key, input }: Start,
  workers: readonly Process<SagaRunner>[],
  ledger: Ledger,
  { misfortune, time, trace }: Surroundings,
): Promise<void> {
  for (let attempt = 1; !ledger.idOf(saga.type, key); attempt++) {
    const worker = workers[Math.floor(misfortune.chance(`worker of ${id} ${attempt}`) * workers.length)];
    const begun = worker?.program?.run(saga as unknown as Saga<unknown, unknown>, input, { id, key });
    const heard = begun?.catch((error) => trace(() => `caller: ${error}`));
    await Promise.race([heard, time.pause(patienceMs)]);
    if (!begun) await time.pause(patienceMs / 10);
  }
}

/** A person cancels a saga, wherever it stands by now; and again, when no worker has heard of it. */
async function cancel(
  { saga, key }: Start,
  workers: readonly Process<SagaRunner>[],
  ledger: Ledger,
  { time, trace }: Surroundings,
): Promise<void> {
  const id = ledger.idOf(saga.type, key);
  if (id === undefined) return;
  for (let attempt = 0; attempt < mostCancellations; attempt++) {
    const act = { action: "cancel", by: "a person", why: "changed their mind" } as const;
    const done = workers[attempt % workers.length]?.program?.operate(id, act);
    const heard = done?.then(
      ({ refused }) => trace(() => `${id}: ${refused === undefined ? "is cancelled" : `is not cancelled: ${refused}`}`),
      (error) => trace(() => `person: ${error}`),
    );
    const isHeard = await Promise.race([heard?.then(() => true), time.pause(patienceMs).then(() => false)]);
    if (isHeard) return;
    await time.pause(patienceMs);
  }
}

function randomInput({ type, input }: SagaDefinition, seed: number): unknown {
  if ("~standard" in input) throw new Error(`simulation: saga '${type}' needs an input; its schema makes no data`);
  return fake(input, { seed });
}
