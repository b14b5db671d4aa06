import { systemClock } from "../../clock.js";
import type { Duration, MessageContext } from "../../codegen.js";
import { durationMs } from "../../duration.js";
import { SagaspecError } from "../../errors.js";
import { callerOf, deferred } from "../../server/deferred.js";
import type { Source, Subscription } from "../../transport.js";
import { uuidv7 } from "../../uuid.js";
import type { Saga } from "../builder.js";
import type { Event, Failure } from "../effects.js";
import type { SagaHandle } from "../handle.js";
import { lifecycleEffects } from "../lifecycle/effects.js";
import { tellingStore } from "../lifecycle/telling-store.js";
import type { HistoryRow, SagaStore } from "../store.js";
import { Batches } from "./batch.js";
import { Carrier } from "./carrier.js";
import { Definitions } from "./definitions.js";
import { Engine } from "./engine.js";
import { Events } from "./events.js";
import { Hearing } from "./hearing.js";
import { Housekeeping } from "./housekeeping.js";
import { refusalOf } from "./operator-line.js";
import type { OperatorAct, OperatorVerdict, SagaRunner, SagaRunnerOptions } from "./options.js";
import type { ChangePlan } from "./plan.js";
import { Replies } from "./replies.js";
import { Retention } from "./retention.js";
import { retryWhileDown } from "./retry-while-down.js";
import type { Run } from "./runs.js";
import { Scheduler } from "./scheduler.js";
import type { Settled } from "./slot.js";
import { type StartOptions, Starts } from "./starts.js";
import { StoreTime } from "./store-time.js";
import { Sweeper } from "./sweeper.js";
import { transactRun } from "./transact.js";
import { WakeUps } from "./wake-ups.js";
import { Watch } from "./watch.js";

export type { OperatorAct, OperatorVerdict, SagaRunner, SagaRunnerOptions } from "./options.js";

/**
 * Makes a runner of sagas.
 * @throws SagaspecError `invalid-definition`
 * @example
 * const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport });
 * await sagas.start();
 * const order = await sagas.run(createOrder, input, { key: String(input.orderId) });
 * const { status } = await order.result({ timeout: "10s" });
 */
export function createSagaRunner(options: SagaRunnerOptions): SagaRunner {
  return new Runner(options);
}

/** A full window delays timeouts at most so long. */
const longestDelayMs = 30_000;

class Runner implements SagaRunner {
  readonly #options: SagaRunnerOptions;
  readonly #store: SagaStore;
  readonly #time: StoreTime;
  readonly #definitions: Definitions;
  readonly #batches: Batches;
  readonly #engine: Engine;
  readonly #carrier: Carrier;
  readonly #hearing: Hearing;
  readonly #wakeUps: WakeUps;
  readonly #sweeper: Sweeper;
  readonly #housekeeping: Housekeeping;
  readonly #watch: Watch;
  readonly #starts: Starts;
  readonly #events: Events;
  readonly #scheduler: Scheduler;
  readonly #givenUp = new AbortController();
  readonly #replies: Replies;
  readonly #subscriptions: Subscription[] = [];
  #state: "new" | "started" | "closed" = "new";

  constructor(options: SagaRunnerOptions) {
    const { transport, clock = systemClock, maxRuns = 100, maxCached = 10_000, maxStarting = 1_000 } = options;
    const problem = (error: unknown) => options.onProblem?.(error);
    const tell = (id: string, event: Event) => this.#tell(id, event);
    const store = options.lifecycle?.publish ? tellingStore(options.store) : options.store;
    this.#options = options;
    this.#store = store;
    this.#time = new StoreTime(clock);
    this.#definitions = new Definitions(options.sagas);
    this.#hearing = new Hearing(this.#time, { settleMs: durationMs(options.settleTime ?? "2s"), longestDelayMs });
    this.#wakeUps = new WakeUps(this.#time, this.#hearing, tell);
    this.#watch = new Watch(store, this.#time);
    this.#carrier = new Carrier({
      transport,
      definitions: this.#definitions,
      time: this.#time,
      maxRuns,
      replyTo: () => this.#subscriptions[0]?.address ?? "",
      submit: (id, item) => this.#engine.submit(id, item),
      reply: (incoming) => this.#replies.take(incoming, false),
      tell,
      transact: (run, signal) => this.#transact(run, signal),
      problem,
    });
    const outlets = {
      committed: (plan: ChangePlan) => this.#committed(plan),
      read: (id: string, dueAt: number | undefined) => this.#wakeUps.set(id, dueAt),
      takeConfirmed: (all: boolean) => this.#carrier.publisher.takeConfirmed(all),
      problem,
    };
    this.#batches = new Batches(store, this.#definitions, this.#time, outlets, this.#givenUp.signal);
    this.#engine = new Engine(this.#batches, {
      maxCached,
      maxBatch: options.maxBatch ?? 256,
      maxBatches: options.maxBatches ?? 2,
    });
    const persist = <T>(call: () => Promise<T>) => retryWhileDown(call, clock, this.#givenUp.signal, problem);
    this.#replies = new Replies(this.#definitions, {
      now: () => this.#time.now(),
      find: (keys) => persist(() => store.load(keys)),
      leave: (left) => persist(() => store.commit([], { left })),
      submit: (id, item) => this.#engine.submit(id, item),
    });
    this.#starts = new Starts(this.#engine, store, this.#time, maxStarting);
    this.#events = new Events({
      group: `${options.service}.${store.name}`,
      store,
      transport,
      definitions: this.#definitions,
      time: this.#time,
      submit: (id, item) => this.#engine.submit(id, item),
      start: (definition, payload, messageId) => this.#starts.byMessage(definition, payload, messageId),
      persist,
      problem,
    });
    this.#scheduler = new Scheduler(this.#definitions.all, {
      store,
      time: this.#time,
      start: (definition, input, key) => this.#starts.start(definition, input, { key }),
      problem,
    });
    const retention = new Retention(options.store, this.#time, options.retention);
    this.#housekeeping = new Housekeeping(store, this.#time, this.#carrier.runs, this.#batches, retention, problem);
    this.#sweeper = new Sweeper(store, this.#definitions.all, this.#time, {
      due: (row) => this.#wakeUps.overdue(row),
      unsent: (effect) => this.#carrier.unsent(effect),
      events: (rows) => void this.#events.offer(rows, false).catch(problem),
      problem,
    });
  }

  async start(): Promise<void> {
    if (this.#state !== "new") throw usage("it starts once; create a new one");
    this.#state = "started";
    const { service, store, transport } = this.#options;
    await this.#hear({ repliesOf: `${service}.replies.${store.name}`, durable: true }, false);
    for (const channel of this.#definitions.replyChannels) {
      await this.#hear({ ...channel, group: `${service}.${store.name}`, durable: true }, true);
    }
    await transport.prepare(this.#events.sources(), "declare");
    for (const subscription of await this.#events.subscribe(this.#options.prefetch ?? 512)) {
      this.#subscriptions.push(subscription);
      this.#hearing.listenTo(subscription);
    }
    await this.#sweeper.start(!transport.traits.durable);
    this.#housekeeping.start();
    this.#scheduler.start();
  }

  async run<Input, Results>(
    saga: Saga<Input, Results>,
    input: Input,
    options: StartOptions = {},
  ): Promise<SagaHandle<Results>> {
    if (this.#state !== "started") throw usage("it is not running; start it first");
    if (this.#definitions.of(saga) === undefined) throw this.#definitions.missing(saga);
    return this.#watch.handle<Results>(await this.#starts.start(saga, input, options));
  }

  handle<Results = unknown>(id: string): SagaHandle<Results> {
    return this.#watch.handle<Results>(id);
  }

  handler<Input, Results>(saga: Saga<Input, Results>): (payload: unknown, context: MessageContext) => Promise<never> {
    const { answer } = saga.start ?? {};
    if (!answer) throw usage(`saga '${saga.type}' answers no operation; say so with answers(...)`);
    return async (payload, context) => {
      const input = answer.input(payload) as Input;
      const key = answer.key ? String(answer.key(payload)) : context.messageId;
      const caller = callerOf(context);
      await this.#starts.start(saga, input, { key }, caller);
      // What comes later is no value of the handler's: the participant knows the word.
      return deferred as never;
    };
  }

  async operate(id: string, act: OperatorAct): Promise<OperatorVerdict> {
    if (this.#state !== "started") throw usage("it is not running; start it first");
    const { how, written } = await new Promise<{ how: Settled; written?: readonly HistoryRow[] | undefined }>(
      (resolve) => {
        const { clock } = this.#time;
        const of = uuidv7(clock.now(), clock.random);
        const event = () => ({ type: "operate", at: this.#time.now(), ...act, id: of }) as const;
        this.#engine.submit(id, { careful: true, event, settled: (how, written) => resolve({ how, written }) });
      },
    );
    if (how instanceof Error) throw how;
    if (how === "applied" || how === "duplicate" || how === "unknown-saga") {
      const { status } = await this.#watch.handle(id).status();
      if (how === "unknown-saga") return { id, status, refused: `the saga is ${status}, and long over` };
      return { id, status, ...refusalOf(act, written ?? []) };
    }
    const text = `saga ${id}: ${act.action} was not carried out here (${how}); try again, or where its definition is registered`;
    throw new SagaspecError("conflict", text, { retryable: true });
  }

  async close({ timeout = "10s" }: { readonly timeout?: Duration | number } = {}): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const cancel = this.#time.clock.after(
      durationMs(timeout),
      () => {
        this.#givenUp.abort();
        this.#carrier.runs.abandon();
      },
      true,
    );
    this.#scheduler.stop();
    await this.#sweeper.stop();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
    await this.#carrier.drainRuns();
    await this.#engine.idle();
    await this.#carrier.publisher.idle();
    await this.#batches.flush(true).catch((error) => this.#options.onProblem?.(error));
    this.#housekeeping.stop();
    this.#wakeUps.stop();
    cancel();
  }

  async #hear(source: Source, shared: boolean): Promise<void> {
    const { transport, prefetch = 512 } = this.#options;
    await transport.prepare([source], "declare");
    const subscription = await transport.subscribe(source, { prefetch }, (batch) => {
      for (const incoming of batch) this.#replies.take(incoming, shared);
    });
    this.#subscriptions.push(subscription);
    this.#hearing.listenTo(subscription);
  }

  #committed(plan: ChangePlan): void {
    const { decision, commit } = plan.change;
    this.#carrier.committed(plan);
    if (this.#options.lifecycle?.publish) this.#carrier.publish(lifecycleEffects(commit));
    if (decision.keys.length > 0) this.#events.asked(decision.keys);
    this.#wakeUps.set(decision.next.id, decision.wakeAt);
    this.#watch.changed(decision.next);
    try {
      this.#options.observe?.(decision.records, commit.row);
    } catch (error) {
      this.#options.onProblem?.(error);
    }
  }

  async #transact(run: Run, signal: AbortSignal): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    const work = this.#engine.alone(run.instance.id, async (slot, since) => {
      const done = await transactRun(this.#store, this.#time, slot, run, signal);
      if (done === "overtaken") slot.row = undefined;
      else if ("plan" in done) this.#batches.wrote(done.plan, since);
      else failure = done.failure;
    });
    await work.catch((error) => this.#options.onProblem?.(error));
    return failure;
  }

  #tell(id: string, event: Event): void {
    this.#engine.submit(id, { careful: false, event: () => event, settled: () => {} });
  }
}

function usage(what: string): SagaspecError {
  return new SagaspecError("invalid-usage", `saga runner: ${what}`);
}
