/** One history: a system comes up, sagas begin, things go wrong for a while, and then everything comes to rest, or not. */
import type { Instance } from "../../saga/store/instance.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import { answeringServices } from "./answers.js";
import { Broker } from "./broker.js";
import { EffectLog } from "./effect-log.js";
import { checkEndInvariants } from "./end-invariants.js";
import { type Fault, FaultInjector } from "./fault-injector.js";
import type { SimulationFaults } from "./faults.js";
import type { Surroundings } from "./incarnation.js";
import { Ledger } from "./ledger.js";
import { listenToLifecycle } from "./lifecycle.js";
import { Operators } from "./operators.js";
import { type SharedSystem, startService, startWorker } from "./processes.js";
import { Requesters } from "./requesters.js";
import { forgettingOf } from "./retention.js";
import type { FinishedHistory, Scenario, SimulatedHistory } from "./scenario.js";
import { begin, startsOf } from "./starts.js";
import { memoryStores, type Stores, sqliteStores } from "./stores.js";
import { SimulatedTime } from "./time.js";
import { checkTransition } from "./transition-invariants.js";

/** What a history is played by. */
export interface HistoryOptions {
  readonly scenario: (history: SimulatedHistory) => Scenario;
  readonly seed: number;
  readonly workers: number;
  readonly store: "memory" | "sqlite";
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
  readonly mishaps: readonly Fault[];
  readonly trace: readonly string[];
  /** How many sagas ended in which way. */
  readonly ends: { readonly [status: string]: number };
  /** How often each kind of line stands in their histories. */
  readonly lines: { readonly [kind: string]: number };
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
  const clock = { now: () => time.now, after: (ms: number, wake: () => void) => time.after(ms, wake) };
  const stores = options.store === "sqlite" ? sqliteStores(clock) : memoryStores(clock);
  try {
    return await playWith(options, time, stores);
  } finally {
    stores.close();
  }
}

async function playWith(options: HistoryOptions, time: SimulatedTime, stores: Stores): Promise<Played> {
  const { seed, faults, spare = new Set() } = options;
  const misfortune = new FaultInjector(seed, faults, spare, () => time.elapsed);
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
  const deeds = new EffectLog(around, accuse);

  const history: SimulatedHistory = {
    chance: (of) => misfortune.chance(of),
    pause: (ms) => time.pause(ms),
    effect: ({ messageId }, apply) => deeds.prepare(messageId, apply),
    publish: (operation, payload, id) => void broker.publish(operation, payload, id),
  };
  const scenario = options.scenario(history);
  const definitions = scenario.sagas.map(({ saga }) => saga);
  const definitionOf = ({ type, version }: SagaRow) =>
    definitions.find((one) => one.type === type && one.version === version);
  const isTold = scenario.runner?.lifecycle?.publish ?? false;
  const isTended = !misfortune.strikes("neglect", "history");
  const ledger: Ledger = new Ledger(around, accuse, {
    isTended,
    isTold,
    timedOut: (key, at) => broker.judgeTimeout(key, at, accuse),
    judge(commit, before) {
      const definition = definitionOf(commit.row);
      if (definition) checkTransition(definition, commit, before, accuse);
    },
  });
  const broker: Broker = new Broker(around, ledger);
  const durable = misfortune.chance("durable") < 0.8;
  const system: SharedSystem = { around, broker, stores, ledger, deeds, durable, accuse };
  const told = isTold ? await listenToLifecycle(broker) : new Set<string>();

  for (const service of scenario.participants ?? answeringServices(definitions, around)) {
    deeds.watch(service.contract);
    const { service: name } = service.contract.$contract;
    const wanted = misfortune.chance(`processes of ${name}`) < 0.5 ? 1 : 2;
    const processes = Math.min(wanted, stores.mostProcesses);
    for (let process = 1; process <= processes; process++) startService(`${name} ${process}`, system, service);
  }
  const workers = Array.from({ length: Math.min(options.workers, stores.mostProcesses) }, (_, index) => {
    const known = scenario.sagas.filter(({ knownTo }) => knownTo?.(index + 1) ?? true).map(({ saga }) => saga);
    return startWorker(`worker ${index + 1}`, system, known, scenario.runner);
  });
  const starts = startsOf(scenario.sagas, around).filter(({ key }) => !spare.has(key));
  const askers = new Requesters({ broker, ledger, around, accuse });
  if (starts.some(({ by }) => "request" in by)) await askers.listen();
  const people = new Operators({ workers, definitionOf, ledger, around, accuse });
  for (const start of starts) begin(start, { workers, broker, ledger, people, askers, around });
  people.visit();
  if (isTended) people.tend();

  const hasBegun = () => starts.every(({ saga, key }) => ledger.idOf(saga.type, key) !== undefined);
  const isAtRest = () => hasBegun() && ledger.isAtRest() && broker.isQuiet() && askers.waiting().length === 0;
  const forgetting = forgettingOf(scenario);
  const isOver = () => isAtRest() && time.elapsed >= forgetting.leastMs;
  await untilRest(around, isOver, () => violations.length > 0 || time.elapsed > longestMs);
  if (!isAtRest()) {
    const left = [...ledger.unfinished(), ...askers.waiting()];
    accuse(`it never comes to rest: ${left.join(", ") || "a saga never began, or a message never arrived"}`);
  }
  await checkEndInvariants({
    ledger,
    deeds,
    store: stores.atTheEnd(),
    definitionOf,
    told,
    forgetting,
    now: time.now,
    accuse,
  });
  const wrong = scenario.check?.({ sagas: finished(ledger) });
  if (wrong !== undefined) accuse(wrong);

  const [violation] = violations;
  return {
    ...(violation !== undefined && { violation }),
    sagas: starts.map(({ key }) => key),
    mishaps: misfortune.mishaps,
    trace,
    ends: countsOf([...ledger.rows.values()].map(({ status }) => status)),
    lines: countsOf([...ledger.history.values()].flatMap((lines) => lines.map(({ kind }) => kind))),
  };
}

function countsOf(names: readonly string[]): { readonly [name: string]: number } {
  const counts: { [name: string]: number } = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
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
