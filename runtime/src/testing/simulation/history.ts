/** One history: a system comes up, sagas begin, things go wrong for a while, and then everything comes to rest, or not. */
import { createMemoryInbox } from "../../memory/inbox.js";
import { createMemorySagaStore } from "../../memory/saga-store.js";
import type { Instance } from "../../saga/instance.js";
import { answeringServices } from "./answers.js";
import { Broker } from "./broker.js";
import { Deeds } from "./deeds.js";
import type { SimulationFaults } from "./faults.js";
import { Ledger } from "./ledger.js";
import type { Surroundings } from "./life.js";
import { Misfortune, type Mishap } from "./misfortune.js";
import { type SharedSystem, startService, startWorker } from "./processes.js";
import type { FinishedHistory, Scenario, SimulatedHistory } from "./scenario.js";
import { begin, startsOf } from "./starts.js";
import { SimulatedTime } from "./time.js";
import { judgeEnd } from "./verdict.js";

/** What a history is played by. */
export interface HistoryOptions {
  readonly scenario: (history: SimulatedHistory) => Scenario;
  readonly seed: number;
  readonly workers: number;
  readonly faults: SimulationFaults;
  /** Names of mishaps that do not happen this time, and of sagas that do not begin. */
  readonly spare?: ReadonlySet<string>;
  /** Whether to write down what happens. @default false */
  readonly traced?: boolean;
}

/** What became of it. */
export interface Played {
  /** What was promised, and did not hold. */
  readonly violation?: string;
  /** Names of the sagas that began. */
  readonly sagas: readonly string[];
  readonly mishaps: readonly Mishap[];
  readonly trace: readonly string[];
  /** How many sagas ended in which way. */
  readonly ends: { readonly [status: string]: number };
}

const beginning = Date.UTC(2026, 0, 1);
/** Things go wrong that long. */
const unquietMs = 20_000;
/** Nothing more is on its way when everything has been at rest that long. */
const restMs = 3_000;
/** By then everything has come to rest, or waits for ever. */
const longestMs = 15 * 60_000;

/** Plays one history. The same options give the same history, to the last message. */
export async function play(options: HistoryOptions): Promise<Played> {
  const time = new SimulatedTime(beginning);
  const { seed, faults, spare = new Set() } = options;
  const misfortune = new Misfortune(seed, faults, spare, () => time.elapsed);
  const trace: string[] = [];
  const write = (line: () => string) => {
    if (options.traced) trace.push(`${time.elapsed} ms  ${line()}`);
  };
  const violations: string[] = [];
  const accuse = (violation: string) => {
    violations.push(violation);
    write(() => `VIOLATION: ${violation}`);
  };
  const around: Surroundings = { time, misfortune, trace: write };

  const ledger: Ledger = new Ledger(around, accuse, (key, at) => broker.judgeTimeout(key, at, accuse));
  const broker: Broker = new Broker(around, ledger);
  const deeds = new Deeds(around, accuse);
  const clock = { now: () => time.now, after: (ms: number, wake: () => void) => time.after(ms, wake) };
  const store = createMemorySagaStore({ clock, name: "store" });
  const durable = misfortune.chance("durable") < 0.8;
  const system: SharedSystem = { around, broker, store, ledger, deeds, durable, accuse };

  const history: SimulatedHistory = {
    chance: (of) => misfortune.chance(of),
    pause: (ms) => time.pause(ms),
    effect: ({ messageId }, apply) => deeds.prepare(messageId, apply),
    publish: (operation, payload, id) => void broker.publish(operation, payload, id),
  };
  const scenario = options.scenario(history);
  const definitions = scenario.sagas.map(({ saga }) => saga);
  for (const service of scenario.participants ?? answeringServices(definitions, around)) {
    deeds.watch(service.contract);
    const { service: name } = service.contract.$contract;
    const inbox = createMemoryInbox({ clock });
    const processes = misfortune.chance(`processes of ${name}`) < 0.5 ? 1 : 2;
    for (let process = 1; process <= processes; process++) startService(`${name} ${process}`, system, service, inbox);
  }
  const workers = Array.from({ length: options.workers }, (_, index) =>
    startWorker(`worker ${index + 1}`, system, definitions),
  );
  const starts = startsOf(scenario.sagas, around).filter(({ key }) => !spare.has(key));
  for (const start of starts) begin(start, workers, ledger, around);

  const hasBegun = () => starts.every(({ saga, key }) => ledger.idOf(saga.type, key) !== undefined);
  const isAtRest = () => hasBegun() && ledger.isAtRest() && broker.isQuiet();
  await untilRest(around, isAtRest, () => violations.length > 0 || time.elapsed > longestMs);
  if (!isAtRest()) accuse(`it never comes to rest: ${ledger.unfinished().join(", ") || "a saga never began"}`);
  await judgeEnd({ ledger, deeds, store, definitions, accuse });
  const wrong = scenario.check?.({ sagas: finished(ledger) });
  if (wrong !== undefined) accuse(wrong);

  const [violation] = violations;
  const ends: { [status: string]: number } = {};
  for (const { status } of ledger.rows.values()) ends[status] = (ends[status] ?? 0) + 1;
  return {
    ...(violation !== undefined && { violation }),
    sagas: starts.map(({ key }) => key),
    mishaps: misfortune.mishaps,
    trace,
    ends,
  };
}

/** Lets time pass until everything has been at rest for a while. */
async function untilRest({ time, misfortune }: Surroundings, isAtRest: () => boolean, isHopeless: () => boolean) {
  let lookAt = 0;
  let restsSince: number | undefined;
  while (!isHopeless() && (await time.step())) {
    if (time.elapsed >= unquietMs) misfortune.end();
    if (time.elapsed < lookAt) continue;
    lookAt = time.elapsed + 100;
    restsSince = isAtRest() ? (restsSince ?? time.elapsed) : undefined;
    if (restsSince !== undefined && time.elapsed - restsSince >= restMs) return;
  }
}

function finished(ledger: Ledger): FinishedHistory["sagas"] {
  return Array.from(ledger.rows.values(), (row) => {
    const { input } = row.state as unknown as Instance;
    return { ...row, input, history: ledger.history.get(row.id) ?? [] };
  });
}
