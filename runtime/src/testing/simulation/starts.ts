/** How the sagas of a history begin: at some moment, on some worker, until one of them has stored it. */

import type { SagaDefinition } from "../../saga/define/definition.js";
import type { Saga } from "../../saga/define/saga.js";
import { fake } from "../fake.js";
import type { Broker } from "./broker.js";
import type { Surroundings } from "./incarnation.js";
import type { Ledger } from "./ledger.js";
import type { Operators } from "./operators.js";
import type { Process, Worker } from "./processes.js";
import type { Requesters } from "./requesters.js";
import type { SimulatedSaga } from "./scenario.js";

/** A saga that is to begin. */
export interface Start {
  readonly saga: SagaDefinition;
  readonly key: string;
  /** What it starts from, or the payload of the message or of the request that starts it. */
  readonly by: { readonly input: unknown } | { readonly message: unknown } | { readonly request: unknown };
  readonly knownTo: (worker: number) => boolean;
}

/** Where sagas begin. */
export interface Beginning {
  readonly workers: readonly Process<Worker>[];
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly people: Operators;
  readonly askers: Requesters;
  readonly around: Surroundings;
}

const latestMs = 8_000;
/** A caller that hears nothing asks somebody else. */
const patienceMs = 4_000;
const twins = 0.15;

/** Everything that a scenario begins. */
export function startsOf(sagas: readonly SimulatedSaga[], { misfortune }: Surroundings): readonly Start[] {
  return sagas.flatMap(({ saga, inputs, messages = [], requests = [], knownTo = () => true }) => {
    const chosen = inputs ?? [randomInput(saga, 1 + misfortune.ms(`input of ${saga.type}`, 0, 10_000))];
    const name = `${saga.type}-v${saga.version}`;
    const { on: [on] = [], answer } = saga.start ?? {};
    const keyed = (key: string | number | undefined, by: Start["by"], index: number): Start => ({
      saga,
      key: String(key ?? `${name}-${Object.keys(by)[0]}-${index + 1}`),
      by,
      knownTo,
    });
    return [
      ...chosen.map((input, index) => keyed(`${name}-${index + 1}`, { input }, index)),
      ...messages.map((message, index) => keyed(on?.key?.(message as never), { message }, index)),
      ...requests.map((request, index) => keyed(answer?.key?.(request), { request }, index)),
    ];
  });
}

/** Begins a saga. Now and then two callers do so at once, with the same key: one saga it must be. */
export function begin(start: Start, beginning: Beginning): void {
  const { misfortune, time } = beginning.around;
  const { key, saga, by } = start;
  const at = misfortune.ms(`start of ${key}`, 100, latestMs);
  const names = misfortune.chance(`twin of ${key}`) < twins ? [key, `${key}-twin`] : [key];
  const isKeyed = "input" in by || ("message" in by ? saga.start?.on?.[0]?.key : saga.start?.answer?.key) !== undefined;
  // Without a key of its own a message starts a saga by its id: then a twin has that as well.
  for (const name of names) time.after(at, () => void beginAs(isKeyed ? name : key, start, beginning));
  if (!misfortune.strikes("cancel", key)) return;
  beginning.people.cancel(saga.type, key, at + misfortune.ms(`patience with ${key}`, 0, latestMs));
}

async function beginAs(id: string, start: Start, beginning: Beginning): Promise<void> {
  const { saga, key, by } = start;
  const { on: [on] = [], answer } = saga.start ?? {};
  if ("input" in by) await insist(id, by.input, start, beginning);
  else if ("message" in by && on) await beginning.broker.publish(on.message, by.message, id);
  else if ("request" in by && answer) await beginning.askers.ask(id, answer.call, by.request, [saga.type, key]);
}

async function insist(
  id: string,
  input: unknown,
  { saga, key, knownTo }: Start,
  { workers, ledger, around }: Beginning,
): Promise<void> {
  const { misfortune, time, trace } = around;
  const knowing = workers.filter((_, index) => knownTo(index + 1));
  for (let attempt = 1; !ledger.idOf(saga.type, key); attempt++) {
    const worker = knowing[Math.floor(misfortune.chance(`worker of ${id} ${attempt}`) * knowing.length)];
    const begun = worker?.program?.runner.run(saga as unknown as Saga<unknown, unknown>, input, { id, key });
    const heard = begun?.catch((error) => trace(() => `caller: ${error}`));
    await Promise.race([heard, time.pause(patienceMs)]);
    if (!begun) await time.pause(patienceMs / 10);
  }
}

function randomInput({ type, input }: SagaDefinition, seed: number): unknown {
  if ("~standard" in input) throw new Error(`simulation: saga '${type}' needs an input; its schema makes no data`);
  return fake(input, { seed });
}
