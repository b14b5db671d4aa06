/** How the sagas of a history begin: at some moment, on some worker, until one of them has stored it. */
import type { Saga } from "../../saga/builder.js";
import type { SagaDefinition } from "../../saga/definition.js";
import type { SagaRunner } from "../../saga/runner/runner.js";
import { fake } from "../fake.js";
import type { Broker } from "./broker.js";
import type { Ledger } from "./ledger.js";
import type { Surroundings } from "./life.js";
import type { People } from "./people.js";
import type { Process } from "./processes.js";
import type { SimulatedSaga } from "./scenario.js";

/** A saga that is to begin. */
export interface Start {
  readonly saga: SagaDefinition;
  readonly key: string;
  /** What it starts from, or the payload of the message that starts it. */
  readonly by: { readonly input: unknown } | { readonly message: unknown };
  readonly knownTo: (worker: number) => boolean;
}

/** Where sagas begin. */
export interface Beginning {
  readonly workers: readonly Process<SagaRunner>[];
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly people: People;
  readonly around: Surroundings;
}

const latestMs = 8_000;
/** A caller that hears nothing asks somebody else. */
const patienceMs = 4_000;
const twins = 0.15;

/** Everything that a scenario begins. */
export function startsOf(sagas: readonly SimulatedSaga[], { misfortune }: Surroundings): readonly Start[] {
  return sagas.flatMap(({ saga, inputs, messages = [], knownTo = () => true }) => {
    const chosen = inputs ?? [randomInput(saga, 1 + misfortune.ms(`input of ${saga.type}`, 0, 10_000))];
    const name = `${saga.type}-v${saga.version}`;
    return [
      ...chosen.map((input, index) => ({ saga, key: `${name}-${index + 1}`, by: { input }, knownTo })),
      ...messages.map((message, index) => {
        const key = saga.start?.on?.key?.(message as never) ?? `${name}-message-${index + 1}`;
        return { saga, key: String(key), by: { message }, knownTo };
      }),
    ];
  });
}

/** Begins a saga. Now and then two callers do so at once, with the same key: one saga it must be. */
export function begin(start: Start, beginning: Beginning): void {
  const { misfortune, time } = beginning.around;
  const { key, saga } = start;
  const at = misfortune.ms(`start of ${key}`, 100, latestMs);
  const names = misfortune.chance(`twin of ${key}`) < twins ? [key, `${key}-twin`] : [key];
  const isByMessage = "message" in start.by;
  // Without a key of its own a message starts a saga by its id: then a twin has that as well.
  const ids = isByMessage && !saga.start?.on?.key ? names.map(() => key) : names;
  for (const id of ids)
    time.after(at, () => void (isByMessage ? tell(id, start, beginning) : insist(id, start, beginning)));
  if (!misfortune.strikes("cancel", key)) return;
  beginning.people.cancel(saga.type, key, at + misfortune.ms(`patience with ${key}`, 0, latestMs));
}

async function tell(id: string, { saga, by }: Start, { broker }: Beginning): Promise<void> {
  const operation = saga.start?.on?.message;
  if (operation && "message" in by) await broker.publish(operation, by.message, id);
}

async function insist(
  id: string,
  { saga, key, by, knownTo }: Start,
  { workers, ledger, around }: Beginning,
): Promise<void> {
  const { misfortune, time, trace } = around;
  const knowing = workers.filter((_, index) => knownTo(index + 1));
  for (let attempt = 1; !ledger.idOf(saga.type, key); attempt++) {
    const worker = knowing[Math.floor(misfortune.chance(`worker of ${id} ${attempt}`) * knowing.length)];
    const input = "input" in by ? by.input : undefined;
    const begun = worker?.program?.run(saga as unknown as Saga<unknown, unknown>, input, { id, key });
    const heard = begun?.catch((error) => trace(() => `caller: ${error}`));
    await Promise.race([heard, time.pause(patienceMs)]);
    if (!begun) await time.pause(patienceMs / 10);
  }
}

function randomInput({ type, input }: SagaDefinition, seed: number): unknown {
  if ("~standard" in input) throw new Error(`simulation: saga '${type}' needs an input; its schema makes no data`);
  return fake(input, { seed });
}
