import { type Clock, systemClock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import type { Incoming, Outgoing, SendResult, Source, Subscription, Transport } from "../../messaging/transport.js";
import type { Consumer } from "./consumer.js";
import { arrivalsOf, type Faults, randomFrom, reordered } from "./faults.js";
import { type DeadLetter, Queue } from "./queue.js";
import { addressOf, queueName, RoutingTable } from "./routing-table.js";

export interface MemoryTransportOptions {
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** Injected faults, for tests. @default none */
  readonly faults?: Faults;
  /** Messages that one queue holds; beyond that, sending answers `unknown`. @default 100_000 */
  readonly capacity?: number;
  /** Dead letters kept, the newest. @default 1_000 */
  readonly deadLetters?: number;
}

/** A broker inside the process. */
export interface MemoryTransport extends Transport {
  /** The dead letters, oldest first. */
  deadLetters(): readonly DeadLetter[];
  /** Queues that exist, with the number of messages that wait in each. */
  queues(): readonly { readonly name: string; readonly waiting: number }[];
}

/**
 * A broker inside the process, for programs that need no other and for tests: competing consumers, copies for
 * subscribers without a group, acknowledgement, redelivery, expiry and dead letters behave as on a real one.
 * What it holds ends with the process.
 * @example const transport = createMemoryTransport();
 */
export function createMemoryTransport(options: MemoryTransportOptions = {}): MemoryTransport {
  refuseUnknownOptions("createMemoryTransport", options, ["clock", "faults", "capacity", "deadLetters"]);
  return new Router(options);
}

class Router implements MemoryTransport {
  readonly traits = { durable: false, redelivers: true, expires: true, order: "key", knowsReceivers: true } as const;
  readonly clock: Clock;
  readonly #options: MemoryTransportOptions;
  readonly #random: () => number;
  readonly #routes = new RoutingTable();
  readonly #consumers = new Set<Consumer>();
  readonly #dead: DeadLetter[] = [];
  readonly #delayed = new Set<() => void>();
  #ready = new Set<Queue>();
  #subscribers = 0;
  #closed = false;

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#random = randomFrom(options.faults?.seed ?? 0);
  }

  async prepare(sources: readonly Source[], mode: "declare" | "verify" | "plan"): Promise<readonly string[]> {
    const lasting = sources.filter((source) => source.durable && ("repliesOf" in source || source.group !== undefined));
    const missing = lasting.filter((source) => !this.#routes.get(queueName(source)));
    if (mode === "verify" && missing.length > 0) {
      const names = missing.map((source) => `"${queueName(source)}"`).join(", ");
      throw new SagaspecError("topology-mismatch", `memory transport: no queue ${names}; declare it first`);
    }
    if (mode === "declare") for (const source of missing) this.#declare(source);
    return missing.map((source) => `queue ${queueName(source)}`);
  }

  async send(batch: readonly Outgoing[]): Promise<readonly SendResult[]> {
    this.#open();
    const { faults } = this.#options;
    const results = batch.map((message) => this.#accept(message));
    if (!faults) return results;
    const accepted = batch.filter((_, index) => results[index] === "accepted");
    for (const message of reordered(accepted, faults, this.#random)) {
      for (const delayMs of arrivalsOf(faults, this.#random)) this.#enqueueAfter(delayMs, message);
    }
    return results;
  }

  async subscribe(
    from: Source,
    { prefetch }: { readonly prefetch: number },
    on: (batch: readonly Incoming[]) => void,
  ): Promise<Subscription> {
    this.#open();
    const shared = "repliesOf" in from ? from.durable : from.group !== undefined;
    const name = queueName(from) + (shared ? "" : `#${++this.#subscribers}`);
    const queue = this.#routes.get(name) ?? this.#declare(from, name);
    const consumer = queue.subscribe(prefetch, on);
    this.#consumers.add(consumer);
    const lasting = shared && from.durable;
    return {
      address: consumer.address,
      connected: () => consumer.connected(),
      idleSince: () => consumer.idleSince(),
      stop: async () => {
        await consumer.stop();
        this.#consumers.delete(consumer);
        if (!lasting && queue.consumers === 0) this.#forget(queue);
      },
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    this.#closed = true;
    for (const cancel of this.#delayed) cancel();
    for (const queue of this.#routes.queues()) queue.close();
    this.#ready.clear();
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#dead];
  }

  queues(): readonly { readonly name: string; readonly waiting: number }[] {
    return Array.from(this.#routes.queues(), (queue) => ({ name: queue.name, waiting: queue.size }));
  }

  schedule(queue: Queue): void {
    // One turn of the event loop gathers what is sent in it, and lets timers and I/O have theirs.
    if (this.#ready.size === 0) setImmediate(() => this.#deliver());
    this.#ready.add(queue);
  }

  deadLetter(letter: DeadLetter): void {
    this.#dead.push(letter);
    if (this.#dead.length > (this.#options.deadLetters ?? 1_000)) this.#dead.shift();
  }

  #deliver(): void {
    const ready = this.#ready;
    this.#ready = new Set();
    for (const queue of ready) queue.deliver();
  }

  #open(): void {
    if (this.#closed) throw new SagaspecError("transport-closed", "memory transport: it is closed; create a new one");
  }

  #declare(source: Source, name: string = queueName(source)): Queue {
    const queue = new Queue(name, this.#options.capacity ?? 100_000, this);
    this.#routes.add(queue, source);
    return queue;
  }

  #forget(queue: Queue): void {
    queue.close();
    this.#routes.delete(queue);
  }

  #accept(message: Outgoing): SendResult {
    const queues = this.#routes.targets(message.to);
    if (queues.length === 0) return "unroutable";
    if (queues.some((queue) => queue.full)) return "unknown";
    if (!this.#options.faults) this.#enqueue(message, queues);
    return "accepted";
  }

  #enqueue(message: Outgoing, queues: readonly Queue[]): void {
    for (const queue of queues) queue.push(message, addressOf(message.to));
  }

  #enqueueAfter(delayMs: number, message: Outgoing): void {
    if (delayMs === 0) {
      this.#enqueue(message, this.#routes.targets(message.to));
      return;
    }
    const cancel = this.clock.after(delayMs, () => {
      this.#delayed.delete(cancel);
      this.#enqueue(message, this.#routes.targets(message.to));
    });
    this.#delayed.add(cancel);
  }
}
