import { type Clock, systemClock } from "../../clock.js";
import type { Duration } from "../../codegen.js";
import { durationMs } from "../../duration.js";
import { SagaspecError } from "../../errors.js";
import type { Subscription, Transport } from "../../transport.js";
import type { Saga } from "../builder.js";
import { leaseMs } from "../decide/attempt.js";
import type { SagaDefinition } from "../definition.js";
import type { Effect, Event } from "../effects.js";
import type { SagaHandle } from "../handle.js";
import { effectKey, parseMessageId } from "../ids.js";
import type { HistoryRow, SagaRow, SagaStore } from "../store.js";
import { Batches, type ChangePlan } from "./batch.js";
import { Definitions } from "./definitions.js";
import { Engine } from "./engine.js";
import { Hearing } from "./hearing.js";
import { Publisher, type SendEffect } from "./publisher.js";
import { replyItem } from "./replies.js";
import { type Run, type RunEffect, type RunOutcome, Runs } from "./runs.js";
import { type StartOptions, Starts } from "./starts.js";
import { StoreTime } from "./store-time.js";
import { Sweeper } from "./sweeper.js";
import { Timers } from "./timers.js";
import { transactRun } from "./transact.js";
import { Watch } from "./watch.js";

/** What a saga runner works with. */
export interface SagaRunnerOptions {
  /** The service that the sagas belong to. With the store's name it names the queue of their replies. */
  readonly service: string;
  /** Every definition, and every version of it, that has sagas under way. */
  readonly sagas: readonly SagaDefinition[];
  readonly store: SagaStore;
  readonly transport: Transport;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Hears the history of every saga as it is committed. Must not throw. */
  readonly observe?: (rows: readonly HistoryRow[], saga: SagaRow) => void;
  /** Hears of what went wrong around the sagas: a store or a broker that is away, a definition that is missing. */
  readonly onProblem?: (error: unknown) => void;
  /** How long replies must have come in freely before a missing one counts as a timeout. @default "2s" */
  readonly settleTime?: Duration | number;
  /** Functions of `run` steps at a time. @default 100 */
  readonly maxRuns?: number;
  /** Replies taken from the broker before they are settled. @default 512 */
  readonly prefetch?: number;
  /** Starts being committed at a time; further ones wait. @default 1_000 */
  readonly maxStarting?: number;
  /** Sagas kept in memory while nothing happens to them. @default 10_000 */
  readonly maxCached?: number;
}

/** Runs sagas: any number of runners share a store and a broker, and none of them owns a saga. */
export interface SagaRunner {
  /** Listens for replies, takes over what was left, and keeps sagas going from then on. */
  start(): Promise<void>;
  /**
   * Starts a saga. Resolves once its beginning is durable, with the saga there is when the key is taken.
   * @throws SagaspecError `invalid-message` for an input that breaks its schema
   */
  run<Input, Results>(saga: Saga<Input, Results>, input: Input, options?: StartOptions): Promise<SagaHandle<Results>>;
  /** A saga started before, here or elsewhere. */
  handle<Results = unknown>(id: string): SagaHandle<Results>;
  /** Takes nothing more, lets what is under way end, and releases every timer. Store and transport stay open. */
  close(options?: { readonly timeout?: Duration | number }): Promise<void>;
}

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

const heldCheckMs = 250;
const housekeepingMs = 1_000;
const maxTimers = 100_000;

class Runner implements SagaRunner {
  readonly #options: SagaRunnerOptions;
  readonly #store: SagaStore;
  readonly #transport: Transport;
  readonly #time: StoreTime;
  readonly #definitions: Definitions;
  readonly #batches: Batches;
  readonly #engine: Engine;
  readonly #publisher: Publisher;
  readonly #runs: Runs;
  readonly #timers: Timers;
  readonly #hearing: Hearing;
  readonly #sweeper: Sweeper;
  readonly #watch: Watch;
  readonly #starts: Starts;
  readonly #stopping = new AbortController();
  /** Sagas whose reply timeouts wait until this worker hears again. */
  readonly #held = new Set<string>();
  #replies: Subscription | undefined;
  #state: "new" | "started" | "closed" = "new";
  #cancelHousekeeping: (() => void) | undefined;
  #cancelHeld: (() => void) | undefined;

  constructor(options: SagaRunnerOptions) {
    const { store, transport, clock = systemClock, settleTime = "2s" } = options;
    this.#options = options;
    this.#store = store;
    this.#transport = transport;
    this.#time = new StoreTime(clock);
    this.#definitions = new Definitions(options.sagas);
    const problem = (error: unknown) => this.#problem(error);
    this.#publisher = new Publisher(transport, this.#definitions, this.#time, () => this.#replies?.address ?? "", {
      unroutable: (effect) =>
        this.#submit(effect.id, { type: "undeliverable", at: this.#now(), of: effect.id, attempt: effect.attempt }),
      unsendable: (effect, error) => this.#unsendable(effect, error),
      problem,
    });
    const outlets = {
      committed: (plan: ChangePlan) => this.#committed(plan),
      read: (row: SagaRow) => this.#timers.set(row.id, row.paused ? undefined : row.dueAt),
      takeConfirmed: () => this.#publisher.takeConfirmed(),
      problem,
    };
    this.#batches = new Batches(store, this.#definitions, this.#time, outlets, this.#stopping.signal);
    this.#engine = new Engine(this.#batches, options.maxCached ?? 10_000);
    this.#runs = new Runs(options.maxRuns ?? 100, clock, {
      transact: (run, signal) => this.#transact(run, signal),
      ended: (effect, outcome) => this.#runEnded(effect, outcome),
    });
    this.#timers = new Timers(this.#time, maxTimers, (id) => this.#due(id));
    this.#hearing = new Hearing(this.#time, { settleMs: durationMs(settleTime), longestDelayMs: 30_000 });
    this.#sweeper = new Sweeper(store, this.#definitions.all, this.#time, {
      due: (row) => !this.#timers.has(row.id) && this.#due(row.id),
      unsent: (effect) => this.#unsent(effect),
      problem,
    });
    this.#watch = new Watch(store, this.#time);
    this.#starts = new Starts(this.#engine, store, this.#time, options.maxStarting ?? 1_000);
  }

  async start(): Promise<void> {
    if (this.#state !== "new")
      throw new SagaspecError("invalid-usage", "saga runner: it starts once; create a new one");
    this.#state = "started";
    const source = { repliesOf: `${this.#options.service}.replies.${this.#store.name}`, durable: true };
    await this.#transport.prepare([source], "declare");
    this.#replies = await this.#transport.subscribe(source, { prefetch: this.#options.prefetch ?? 512 }, (batch) => {
      for (const incoming of batch) {
        const reply = replyItem(incoming, () => this.#now());
        if (reply) this.#engine.submit(reply.id, reply.item);
        else incoming.settle({ dead: "unknown-saga" });
      }
    });
    this.#hearing.listenTo(this.#replies);
    await this.#sweeper.start(!this.#transport.traits.durable);
    this.#keepHouse();
  }

  async run<Input, Results>(
    saga: Saga<Input, Results>,
    input: Input,
    options: StartOptions = {},
  ): Promise<SagaHandle<Results>> {
    if (this.#state !== "started")
      throw new SagaspecError("invalid-usage", "saga runner: it is not running; start it first");
    if (this.#definitions.of(saga) === undefined) throw this.#definitions.missing(saga);
    const id = await this.#starts.start(saga, input, options);
    return this.#watch.handle<Results>(id);
  }

  handle<Results = unknown>(id: string): SagaHandle<Results> {
    return this.#watch.handle<Results>(id);
  }

  async close({ timeout = "10s" }: { readonly timeout?: Duration | number } = {}): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const giveUp = this.#time.clock.after(durationMs(timeout), () => {
      this.#stopping.abort();
      this.#runs.abortAll();
    });
    await this.#sweeper.stop();
    await this.#replies?.stop();
    this.#timers.stop();
    this.#cancelHeld?.();
    await this.#runs.drain();
    await this.#engine.idle();
    await this.#publisher.idle();
    await this.#batches.flush().catch((error) => this.#problem(error));
    this.#cancelHousekeeping?.();
    this.#timers.stop();
    giveUp();
  }

  #committed({ change: { decision, commit }, definition }: ChangePlan): void {
    const { next, effects, closed, records } = decision;
    for (const key of closed) {
      this.#publisher.cancel(key);
      this.#runs.abort(key);
    }
    for (const effect of effects) this.#carryOut(effect, { definition, instance: next });
    this.#timers.set(next.id, decision.wakeAt);
    this.#watch.changed(next);
    this.#options.observe?.(records, commit.row);
  }

  #carryOut(effect: Effect, saga: Pick<Run, "definition" | "instance">): void {
    if (effect.type === "send") this.#publisher.publish(effect);
    else if (effect.type === "run" && this.#state !== "closed") this.#runs.start({ effect, ...saga });
  }

  /** An effect whose row has lain untouched. What this worker has in hand is left alone. */
  #unsent(effect: Effect): void {
    const key = effectKey(effect);
    const lost = () =>
      this.#submit(effect.id, { type: "lost", at: this.#now(), of: effect.id, attempt: effect.attempt });
    if (effect.type === "run") {
      if (!this.#runs.keys().includes(key)) lost();
    } else if (effect.type === "send" && !this.#publisher.isEntrusted(key)) {
      const isForgotten = !this.#transport.traits.durable && effect.correlationId !== undefined;
      if (isForgotten) lost();
      else this.#publisher.publish(effect);
    }
  }

  #due(id: string): void {
    const deaf = this.#hearing.isDeaf();
    if (deaf) this.#hold(id);
    this.#submitTo(id, { type: "wake", at: this.#now(), deaf });
  }

  #hold(id: string): void {
    this.#held.add(id);
    this.#cancelHeld ??= this.#time.clock.after(heldCheckMs, () => {
      this.#cancelHeld = undefined;
      const held = [...this.#held];
      this.#held.clear();
      for (const one of held) this.#due(one);
    });
  }

  #unsendable(effect: SendEffect, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const failure = { kind: "terminal", name: "invalid-message", message } as const;
    this.#submit(effect.id, { type: "outcome", at: this.#now(), of: effect.id, attempt: effect.attempt, failure });
  }

  #runEnded(effect: RunEffect, outcome: RunOutcome): void {
    this.#submit(effect.id, { type: "outcome", at: this.#now(), of: effect.id, attempt: effect.attempt, ...outcome });
  }

  #transact(run: Run, signal: AbortSignal): Promise<void> {
    const work = this.#engine.alone(run.instance.id, async (slot, since) => {
      const done = await transactRun(this.#store, this.#time, slot, run, signal);
      if (done === "overtaken") slot.row = undefined;
      else if ("plan" in done) this.#batches.wrote(done.plan, since);
      else this.#runEnded(run.effect, done.outcome);
    });
    return work.catch((error) => this.#problem(error));
  }

  /** Flushes confirmations that no commit took along, and renews the leases of what runs. */
  #keepHouse(): void {
    this.#cancelHousekeeping = this.#time.clock.after(housekeepingMs, () => {
      const effects = this.#runs.keys();
      const until = this.#now() + leaseMs;
      const leases = effects.length > 0 ? this.#store.commit([], { leases: { effects, until } }) : Promise.resolve();
      Promise.all([leases, this.#batches.flush()]).then(
        () => this.#keepHouse(),
        (error) => {
          this.#problem(error);
          this.#keepHouse();
        },
      );
    });
  }

  #submit(messageId: string, event: Event): void {
    const id = parseMessageId(messageId)?.instance;
    if (id !== undefined) this.#submitTo(id, event);
  }

  #submitTo(id: string, event: Event): void {
    this.#engine.submit(id, { careful: false, event: () => event, settled: () => {} });
  }

  #now(): number {
    return this.#time.now();
  }

  #problem(error: unknown): void {
    this.#options.onProblem?.(error);
  }
}
