import { systemClock } from "../../core/clock.js";
import { durationMs } from "../../core/duration.js";
import { isInvalidMessage } from "../../core/errors.js";
import { createProblemReporter, guarded, problemOf } from "../../core/problems.js";
import { retryWhileDown } from "../../core/timing.js";
import { createBatcher } from "../../messaging/batcher.js";
import type { Failure } from "../../wire/failure.js";
import type { Event } from "../store/effects.js";
import type { CommitExtras } from "../store/saga-store.js";
import { CommitBatches } from "./commit-batches.js";
import { CompletionWaiter } from "./completion-waiter.js";
import { Definitions } from "./definitions.js";
import { EffectDispatcher } from "./effect-dispatcher.js";
import { Engine } from "./engine.js";
import { Events } from "./events.js";
import { Housekeeping } from "./housekeeping.js";
import type { SagaRunnerOptions } from "./options.js";
import type { ChangePlan } from "./plan.js";
import { queuesOf } from "./queues.js";
import { ReplyConnectivity } from "./reply-connectivity.js";
import { ReplyRouter } from "./reply-router.js";
import { Retention } from "./retention.js";
import type { Run } from "./run-executor.js";
import type { MailboxEntry } from "./saga-mailbox.js";
import { Scheduler } from "./scheduler.js";
import { detectStalls } from "./stall-detector.js";
import { startChecks } from "./start-checks.js";
import { Starts } from "./starts.js";
import { StoreTime } from "./store-time.js";
import { Subscriptions } from "./subscriptions.js";
import { Sweeper } from "./sweeper.js";
import { Timers } from "./timers.js";
import { transactRun } from "./transactional-run.js";

/** A full window, or a process that is always late, delays timeouts at most so long. */
const longestDelayMs = 30_000;

/** What a runner works with. */
export interface Components {
  readonly batches: CommitBatches;
  readonly dispatcher: EffectDispatcher;
  readonly definitions: Definitions;
  readonly engine: Engine;
  /** Aborted when a runner that closes waits no longer. */
  readonly givenUp: AbortController;
  readonly housekeeping: Housekeeping;
  /** Says what is wrong as long as it lasts; returns what ends it. */
  readonly check: () => () => void;
  /** Reports a failure. */
  readonly problem: (error: unknown) => void;
  readonly scheduler: Scheduler;
  readonly starts: Starts;
  readonly subscriptions: Subscriptions;
  readonly sweeper: Sweeper;
  readonly time: StoreTime;
  readonly timers: Timers;
  readonly completion: CompletionWaiter;
}

/**
 * The parts of a runner, and what each tells the others.
 * @throws SagaspecError `invalid-definition`
 */
export function createComponents(options: SagaRunnerOptions): Components {
  const { store, transport } = options;
  const publishes = options.lifecycle?.publish === true;
  const { maxRuns = 100, maxCached = 10_000, maxStarting = 1_000, maxBatch = 256, maxBatches = 2 } = options;
  const queues = queuesOf(options.service, store);
  const givenUp = new AbortController();
  const clock = detectStalls(options.clock ?? systemClock, () => connectivity.stalled());
  const time = new StoreTime(clock);
  const definitions = new Definitions(options.sagas, options.addresses);
  definitions.checkAddresses();
  const report = createProblemReporter(options, { service: options.service });
  const problem = (error: unknown) => report(problemOf(error, "saga-error"));
  const observe = options.observe && guarded("observe", options.observe, report);
  const submit = (id: string, item: MailboxEntry) => engine.submit(id, item);
  const tell = (id: string, event: Event) =>
    submit(id, { needsFreshRow: false, event: () => event, settled: () => {} });
  const isDown = (error: unknown) => !isInvalidMessage(error);
  const persist = <T>(call: () => Promise<T>) =>
    retryWhileDown(call, { clock, signal: givenUp.signal, isDown, problem });

  const giveToOthers = createBatcher(async (given: NonNullable<CommitExtras["handOver"]>) => {
    await store.commit([], { handOver: given });
    return given.map(() => undefined);
  }, 1);
  /** It is a hint only: whoever misses it finds the same a little later. */
  const handOver = (sagaId: string, keys: readonly string[]) => void giveToOthers({ sagaId, keys }).catch(problem);

  const connectivity: ReplyConnectivity = new ReplyConnectivity(time, {
    settleMs: durationMs(options.settleTime ?? "2s"),
    longestDelayMs,
  });
  const timers = new Timers(time, connectivity, submit);
  const completion = new CompletionWaiter(store, time);
  const dispatcher: EffectDispatcher = new EffectDispatcher({
    transport,
    definitions,
    time,
    maxRuns,
    maxTransactions: store.maxTransactions ?? maxRuns,
    replyTo: () => subscriptions.replyTo(),
    submit,
    reply: (incoming) => replies.takeKept(incoming),
    tell,
    handOver,
    transact,
    problem,
  });
  const outlets = {
    committed,
    read: (id: string, dueAt: number | undefined) => timers.set(id, dueAt),
    takeConfirmed: (all: boolean) => dispatcher.publisher.takeConfirmed(all),
    problem,
  };
  const batches = new CommitBatches(store, definitions, time, outlets, givenUp.signal, publishes);
  const engine: Engine = new Engine(batches, clock, { maxCached, maxBatch, maxBatches });
  const replies = new ReplyRouter(definitions, {
    now: () => time.now(),
    find: (keys) => persist(() => store.load(keys)),
    leave: (left) => persist(() => store.commit([], { left })),
    submit,
  });
  const starts = new Starts(engine, store, time, maxStarting);
  const events = new Events({
    queues,
    store,
    transport,
    definitions,
    time,
    submit,
    start: (...message) => starts.byMessage(...message),
    handOver,
    persist,
    problem,
  });
  const subscriptions: Subscriptions = new Subscriptions({
    transport,
    queues,
    prefetch: options.prefetch ?? 512,
    definitions,
    replies,
    events,
    connectivity,
  });
  const scheduler = new Scheduler(definitions.all, {
    store,
    time,
    start: (definition, input, key) => starts.start(definition, input, { key, allowOtherInput: true }),
    problem,
  });
  const retention = new Retention(store, time, options.retention);
  const housekeeping = new Housekeeping(store, time, dispatcher.runs, batches, retention, problem);
  const sweeper = new Sweeper(store, definitions.all, time, {
    due: (row) => timers.overdue(row),
    known: (row) => {
      if (definitions.of(row) && !row.paused) timers.set(row.id, row.dueAt);
    },
    unsent: (effect) => dispatcher.unsent(effect),
    events: (rows) => void events.offer(rows, false).catch(problem),
    problem,
  });

  /** A transition is durable: everybody whom it concerns hears of it. */
  function committed(plan: ChangePlan): void {
    const { decision, commit } = plan.change;
    dispatcher.committed(plan);
    if (decision.keys.length > 0) events.asked(decision.keys);
    timers.set(decision.next.id, decision.wakeAt);
    completion.changed(decision.next);
    observe?.(decision.records, commit.row);
  }

  /** Carries out a run that commits with its saga. */
  async function transact(run: Run, signal: AbortSignal): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    const work = engine.runExclusive(run.instance.id, async (slot, since) => {
      const done = await transactRun(store, time, slot, run, publishes, signal);
      if (done === "overtaken") slot.row = undefined;
      else if ("plan" in done) batches.wrote(done.plan, since);
      else failure = done.failure;
    });
    await work.catch(problem);
    return failure;
  }

  return {
    batches,
    dispatcher,
    check: () => startChecks({ store, definitions, time, maxBatches, problem }),
    definitions,
    engine,
    givenUp,
    housekeeping,
    problem,
    scheduler,
    starts,
    subscriptions,
    sweeper,
    time,
    timers,
    completion,
  };
}
