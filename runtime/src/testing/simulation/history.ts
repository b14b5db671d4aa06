/** One history: a system comes up, sagas begin, there are faults for a while, and then everything comes to rest, or not. */
import { messageOf } from "../../core/errors.js";
import { problemOutput } from "../../core/problems.js";
import type { Instance } from "../../saga/store/instance.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import type { MessageMeta } from "../../wire/message-writer.js";
import { answeringServices } from "./answers.js";
import { AwaitedEvents } from "./awaited-events.js";
import { Broker, listenToLifecycle } from "./broker.js";
import type { SimulationContext } from "./context.js";
import { EffectLog } from "./effect-log.js";
import { checkEndInvariants } from "./end-invariants.js";
import { type Fault, FaultInjector } from "./fault-injector.js";
import type { SimulationFaults } from "./faults.js";
import { Ledger } from "./ledger.js";
import { Operators } from "./operators.js";
import { startService, startWorker } from "./processes.js";
import { Requesters } from "./requesters.js";
import { untilRest } from "./rest.js";
import { retentionOf } from "./retention.js";
import type { FinishedHistory, Scenario, SimulatedHistory } from "./scenario.js";
import { SimulatedTime } from "./simulated-time.js";
import { scheduleStart, startsOf } from "./starts.js";
import { memoryStores, type Stores, sqliteStores } from "./stores.js";
import type { System } from "./system.js";
import { checkTransition } from "./transition-invariants.js";

/** What decides a history. */
export interface HistoryOptions {
  readonly scenario: (history: SimulatedHistory) => Scenario;
  readonly seed: number;
  readonly workers: number;
  readonly store: "memory" | "sqlite";
  readonly faults: SimulationFaults;
  /** Names of faults that are not injected this time, and of sagas that do not begin. */
  readonly excluded?: ReadonlySet<string>;
  /** Whether to write down what happens. @default false */
  readonly traced?: boolean;
}

/** What became of it. */
export interface PlayedHistory {
  /** The first promise that did not hold. */
  readonly violation?: string;
  /** Keys of the sagas that were started. */
  readonly starts: readonly string[];
  readonly scenario: Scenario;
  readonly end: FinishedHistory;
  /** Paths of waits for which no event could be made up, by type and version of the saga. */
  readonly impossibleEvents: ReadonlyMap<string, ReadonlySet<string>>;
  readonly faults: readonly Fault[];
  readonly trace: readonly string[];
  /** How many sagas ended in which way. */
  readonly ends: { readonly [status: string]: number };
  /** How often each kind of line stands in their histories. */
  readonly lines: { readonly [kind: string]: number };
}

const startedAt = Date.UTC(2026, 0, 1);

/** Plays one history. The same options give the same history, to the last message. */
export async function play(options: HistoryOptions): Promise<PlayedHistory> {
  // What no code of a process catches would have ended it.
  let uncaught: (error: unknown) => void = () => {};
  const caught = (error: unknown) => uncaught(error);
  const time = new SimulatedTime(startedAt, caught);
  const clock = { now: () => time.now, after: (ms: number, wake: () => void) => time.after(ms, wake) };
  const stores = options.store === "sqlite" ? sqliteStores(clock) : memoryStores(clock);
  const { print } = problemOutput;
  problemOutput.print = () => {};
  process.on("unhandledRejection", caught);
  process.on("uncaughtException", caught);
  try {
    return await playWith(options, time, stores, (report) => {
      uncaught = report;
    });
  } finally {
    process.off("unhandledRejection", caught);
    process.off("uncaughtException", caught);
    problemOutput.print = print;
    stores.close();
  }
}

async function playWith(
  options: HistoryOptions,
  time: SimulatedTime,
  stores: Stores,
  onUncaught: (report: (error: unknown) => void) => void,
): Promise<PlayedHistory> {
  const { seed, excluded = new Set() } = options;
  const injector = new FaultInjector(seed, options.faults, excluded, () => time.elapsed);
  const lines: string[] = [];
  const trace = (line: () => string) => {
    if (options.traced) lines.push(`${time.elapsed} ms  ${line()}`);
  };
  const violations: string[] = [];
  const reportViolation = (violation: string) => {
    violations.push(violation);
    trace(() => `VIOLATION: ${violation}`);
  };
  const errors: unknown[] = [];
  const fail = (error: unknown) => void errors.push(error);
  onUncaught((error) => reportViolation(`a process ends with an error that nothing catches: ${messageOf(error)}`));
  const context: SimulationContext = { time, injector, trace, reportViolation, fail };
  const effectLog = new EffectLog(context);

  let pauses = 0;
  const history: SimulatedHistory = {
    chance: (of) => injector.chance(of),
    async pause(ms) {
      pauses += 1;
      await time.pause(ms);
      pauses -= 1;
    },
    effect: ({ messageId }, apply) => effectLog.prepare(messageId, apply),
    publish(operation, payload, id, options) {
      void broker.publish(operation, payload, { ...(options as Pick<MessageMeta, "headers" | "parameters">), id });
    },
  };
  const scenario = options.scenario(history);
  const definitions = scenario.sagas.map(({ saga }) => saga);
  const definitionOf = ({ type, version }: SagaRow) =>
    definitions.find((one) => one.type === type && one.version === version);
  const publishesLifecycle = scenario.runner?.lifecycle?.publish ?? false;
  const isAttended = !injector.injects("unattended", "history");
  const ledger: Ledger = new Ledger(context, {
    isAttended,
    publishesLifecycle,
    timedOut: (key, at) => broker.checkTimeout(key, at),
    checkTransition(commit, before) {
      const definition = definitionOf(commit.row);
      if (definition) checkTransition(definition, commit, before, reportViolation);
      awaitedEvents?.committed(commit);
    },
  });
  const broker: Broker = new Broker(context, ledger);
  const durable = injector.chance("durable") < 0.8;
  const system: System = { ...context, broker, stores, ledger, effectLog, durable, publishesLifecycle, definitionOf };
  const awaitedEvents = scenario.participants ? undefined : new AwaitedEvents(system);
  const lifecycleEvents = publishesLifecycle ? await listenToLifecycle(broker) : new Set<string>();

  for (const service of scenario.participants ?? answeringServices(definitions, context)) {
    effectLog.watch(service.contract);
    const { service: name } = service.contract.$contract;
    const wanted = injector.chance(`processes of ${name}`) < 0.5 ? 1 : 2;
    const processes = Math.min(wanted, stores.mostProcesses);
    for (let process = 1; process <= processes; process++) startService(`${name} ${process}`, system, service);
  }
  const workers = Array.from({ length: Math.min(options.workers, stores.mostProcesses) }, (_, index) => {
    const known = scenario.sagas.filter(({ knownTo }) => knownTo?.(index + 1) ?? true).map(({ saga }) => saga);
    return startWorker(`worker ${index + 1}`, system, known, scenario.runner);
  });
  const starts = startsOf(scenario.sagas, context).filter(({ key }) => !excluded.has(key));
  const requesters = new Requesters(system);
  if (starts.some(({ by }) => "request" in by)) await requesters.listen();
  const operators = new Operators(system, workers);
  for (const start of starts) scheduleStart(start, system, { workers, operators, requesters });
  operators.visit();
  if (isAttended) operators.attend();

  const hasBegun = () => starts.every(({ saga, key }) => ledger.idOf(saga.type, key) !== undefined);
  const isAtRest = () => hasBegun() && ledger.isAtRest() && broker.isQuiet() && requesters.waiting().length === 0;
  const retention = retentionOf(scenario);
  const isForgotten = () => time.elapsed >= retention.leastMs;
  await untilRest(system, {
    isAtRest: () => isAtRest() && isForgotten(),
    isIdle: () =>
      retention.leastMs === 0 &&
      pauses + (awaitedEvents?.pending ?? 0) === 0 &&
      hasBegun() &&
      ledger.isIdle() &&
      broker.isQuiet(),
    isOver: () => violations.length > 0 || errors.length > 0,
  });
  if (errors.length > 0) throw errors[0];
  if (!isAtRest()) {
    const left = [...ledger.unfinished(), ...requesters.waiting()];
    reportViolation(`it never comes to rest: ${left.join(", ") || "a saga never began, or a message never arrived"}`);
  }
  await checkEndInvariants({ ...system, store: stores.atTheEnd(), lifecycleEvents, retention });
  const end: FinishedHistory = { sagas: finished(ledger) };
  const wrong = scenario.check?.(end);
  if (wrong !== undefined) reportViolation(wrong);

  const [violation] = violations;
  return {
    ...(violation !== undefined && { violation }),
    starts: starts.map(({ key }) => key),
    scenario,
    end,
    impossibleEvents: awaitedEvents?.impossible ?? new Map(),
    faults: injector.injected,
    trace: lines,
    ends: countsOf([...ledger.rows.values()].map(({ status }) => status)),
    lines: countsOf([...ledger.history.values()].flatMap((rows) => rows.map(({ kind }) => kind))),
  };
}

function countsOf(names: readonly string[]): { readonly [name: string]: number } {
  const counts: { [name: string]: number } = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function finished(ledger: Ledger): FinishedHistory["sagas"] {
  return Array.from(ledger.rows.values(), (row) => {
    const { input } = row.state as unknown as Instance;
    return { ...row, input, history: ledger.history.get(row.id) ?? [] };
  });
}
