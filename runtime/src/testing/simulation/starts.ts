/** How the sagas of a history begin: at some moment, on some worker, until one of them has stored it. */

import { begin } from "../../admin/transitions.js";
import type { Json } from "../../codegen.js";
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { Saga } from "../../saga/define/saga.js";
import { fake } from "../fake.js";
import { madeUpExtras } from "./awaited-events.js";
import type { SimulationContext } from "./context.js";
import { Incarnation } from "./incarnation.js";
import type { Operators } from "./operators.js";
import type { Process, Worker } from "./processes.js";
import type { Requesters } from "./requesters.js";
import type { SimulatedSaga } from "./scenario.js";
import { storeFor } from "./stores.js";
import type { System } from "./system.js";

/** A saga that is to begin. */
export interface Start {
  readonly saga: SagaDefinition;
  readonly key: string;
  /** What it starts from, or the payload of the message or of the request that starts it. */
  readonly by: { readonly input: unknown } | { readonly message: unknown } | { readonly request: unknown };
  readonly knownTo: (worker: number) => boolean;
}

/** Who starts sagas, and who deals with them. */
export interface Starters {
  readonly workers: readonly Process<Worker>[];
  readonly operators: Operators;
  readonly requesters: Requesters;
}

const latestMs = 8_000;
/** What another process has begun is carried out within that time, where nothing has gone wrong for a while. */
const promptMs = 1_000;
const undisturbedMs = 5_000;
/** A caller that hears nothing asks another worker. */
const askAgainMs = 4_000;
const duplicateStarts = 0.15;

/** Everything that a scenario begins. */
export function startsOf(sagas: readonly SimulatedSaga[], { injector }: SimulationContext): readonly Start[] {
  return sagas.flatMap(({ saga, inputs, messages = [], requests = [], knownTo = () => true }) => {
    const chosen = inputs ?? [randomInput(saga, 1 + injector.ms(`input of ${saga.type}`, 0, 10_000))];
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
export function scheduleStart(start: Start, system: System, starters: Starters): void {
  const { injector, time } = system;
  const { key, saga, by } = start;
  const at = injector.ms(`start of ${key}`, 100, latestMs);
  const ids = injector.chance(`twin of ${key}`) < duplicateStarts ? [key, `${key}-twin`] : [key];
  const isKeyed = "input" in by || ("message" in by ? saga.start?.on?.[0]?.key : saga.start?.answer?.key) !== undefined;
  // Without a key of its own a message starts a saga by its id: then the duplicate has that id as well.
  for (const id of ids) time.after(at, () => void beginAs(isKeyed ? id : key, start, system, starters));
  if (!injector.injects("cancel", key)) return;
  starters.operators.cancel(saga.type, key, at + injector.ms(`patience with ${key}`, 0, latestMs));
}

async function beginAs(id: string, start: Start, system: System, starters: Starters): Promise<void> {
  const { saga, key, by } = start;
  const { on: [on] = [], answer } = saga.start ?? {};
  if ("input" in by) await run(id, by.input, start, system, starters);
  else if ("message" in by && on)
    await system.broker.publish(on.message, by.message, { ...madeUpExtras(on.message, 1), id });
  else if ("request" in by && answer) await starters.requesters.request(id, answer.call, by.request, [saga.type, key]);
}

/** Asks one worker after the other to run the saga, until it is stored. */
async function run(id: string, input: unknown, start: Start, system: System, { workers }: Starters): Promise<void> {
  const { saga, key, knownTo } = start;
  const { injector, time, trace, ledger } = system;
  const knowing = workers.filter((_, index) => knownTo(index + 1));
  if (system.stores.mostProcesses > 1 && injector.injects("starter", id))
    await startElsewhere(id, input, start, system);
  for (let attempt = 1; !ledger.idOf(saga.type, key); attempt++) {
    const worker = knowing[Math.floor(injector.chance(`worker of ${id} ${attempt}`) * knowing.length)];
    const asked = worker?.program?.runner.run(saga as unknown as Saga<unknown, unknown>, input, { id, key });
    const answered = asked?.catch((error) => trace(() => `caller: ${error}`));
    await Promise.race([answered, time.pause(askAgainMs)]);
    // Also where it is refused at once: the next worker may be no better.
    if (!ledger.idOf(saga.type, key)) await time.pause(askAgainMs / 10);
  }
}

/** Starts it as a script does that has the store, and no transport. Workers hear of it, and carry it out. */
async function startElsewhere(id: string, input: unknown, { saga, key }: Start, system: System): Promise<void> {
  const { stores, time, trace, ledger, injector, publishesLifecycle, reportViolation } = system;
  const incarnation = new Incarnation(`starter of ${id}`, system);
  const store = storeFor(incarnation, stores.sagas(incarnation), system);
  const begun = begin(store, saga, { id, key, input: input as Json }, publishesLifecycle).then(
    (row) => row.id === id,
    (error) => trace(() => `starter: ${error}`),
  );
  const isMine = await Promise.race([begun, time.pause(askAgainMs)]);
  incarnation.end("leaves");
  const [from, until] = [time.elapsed - undisturbedMs, time.elapsed + promptMs];
  if (isMine !== true) return;
  time.after(promptMs, () => {
    const waiting = from < 0 || injector.hasInjectedBetween(from, until, "starter") ? [] : ledger.neverSent(id);
    for (const effect of waiting)
      reportViolation(`${effect}: no worker has sent it ${promptMs} ms after another process began its saga`);
  });
}

function randomInput({ type, input }: SagaDefinition, seed: number): unknown {
  if ("~standard" in input) throw new Error(`simulation: saga '${type}' needs an input; its schema makes no data`);
  return fake(input, { seed });
}
