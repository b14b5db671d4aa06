/** One life's connection to the broker: it breaks, comes back, and takes with it what had not been settled. */

import type {
  Incoming,
  Outgoing,
  SendResult,
  Settlement,
  Source,
  Subscription,
  Transport,
} from "../../messaging/transport.js";
import { parseEffectKey } from "../../saga/store/ids.js";
import type { Broker } from "./broker.js";
import type { Incarnation, Surroundings } from "./incarnation.js";
import type { Ledger, ReportViolation } from "./ledger.js";

/** What a connection is part of. */
export interface ConnectionOptions {
  readonly life: Incarnation;
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly around: Surroundings;
  /** Whether the broker keeps what it has accepted, as far as the processes know. */
  readonly durable: boolean;
  readonly accuse: ReportViolation;
}

/** The transport, as one life of a process sees it. */
export function connect(options: ConnectionOptions): Transport {
  return new Connection(options);
}

class Connection implements Transport {
  readonly traits: Transport["traits"];
  readonly #options: ConnectionOptions;
  readonly #lines: Line[] = [];
  #isUp = true;

  constructor(options: ConnectionOptions) {
    this.traits = { ...options.broker.inner.traits, durable: options.durable };
    this.#options = options;
    options.life.onEnd(() => this.#drop());
  }

  prepare(sources: readonly Source[], mode: "declare" | "verify" | "plan"): Promise<readonly string[]> {
    const { life, broker } = this.#options;
    return life.call("prepare", [], () => broker.inner.prepare(sources, mode));
  }

  send(batch: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const { life, broker } = this.#options;
    for (const message of batch) this.#judge(message);
    return life.call("send", [], async () => {
      this.#mayBreak("send");
      const sent: SendResult[] = [];
      for (const message of batch) sent.push(this.#isUp ? await broker.accept(message) : "unknown");
      return sent;
    });
  }

  async subscribe(
    from: Source,
    { prefetch }: { readonly prefetch: number },
    on: (batch: readonly Incoming[]) => void,
  ): Promise<Subscription> {
    const { life } = this.#options;
    const line = new Line(this.#options, from, prefetch, on, () => this.#mayBreak("receive"));
    this.#lines.push(line);
    await life.call("subscribe", [], async () => {
      if (this.#isUp) await line.open();
    });
    return line;
  }

  async close(): Promise<void> {}

  #judge({ id, correlationId }: Outgoing): void {
    const { life, ledger } = this.#options;
    if (correlationId !== undefined && parseEffectKey(correlationId)?.id === id) ledger.judgeSent(correlationId, life);
  }

  #mayBreak(doing: string): void {
    const { life, around } = this.#options;
    const { misfortune, time, trace } = around;
    const site = misfortune.site(`${life.name} ${doing}`);
    if (!this.#isUp || !misfortune.strikes("disconnect", site)) return;
    const ms = misfortune.ms(`absence ${site}`, 500, 12_000);
    trace(() => `${life.name}: loses its connection for ${ms} ms`);
    this.#drop();
    time.after(ms, () => this.#restore());
  }

  #drop(): void {
    this.#isUp = false;
    for (const line of this.#lines) line.drop();
  }

  #restore(): void {
    if (this.#options.life.isOver) return;
    this.#isUp = true;
    for (const line of this.#lines) void line.open();
  }
}

/** One subscription, over as many connections as it takes. */
class Line implements Subscription {
  readonly #options: ConnectionOptions;
  readonly #from: Source;
  readonly #prefetch: number;
  readonly #on: (batch: readonly Incoming[]) => void;
  readonly #mayBreak: () => void;
  readonly #unsettled = new Set<Incoming>();
  #inner: Subscription | undefined;
  #isStopped = false;
  #address = "";

  constructor(
    options: ConnectionOptions,
    from: Source,
    prefetch: number,
    on: (batch: readonly Incoming[]) => void,
    mayBreak: () => void,
  ) {
    this.#options = options;
    this.#from = from;
    this.#prefetch = prefetch;
    this.#on = on;
    this.#mayBreak = mayBreak;
  }

  get address(): string {
    return this.#address;
  }

  connected(): boolean {
    return this.#inner !== undefined;
  }

  idleSince(): number | undefined {
    return this.#options.broker.momentOf(this.#inner?.idleSince());
  }

  async open(): Promise<void> {
    const { broker, life } = this.#options;
    if (this.#isStopped || this.#inner) return;
    const inner = await broker.inner.subscribe(this.#from, { prefetch: this.#prefetch }, (batch) => this.#take(batch));
    this.#address = inner.address;
    if (life.isOver || this.#isStopped) void inner.stop();
    else this.#inner = inner;
  }

  /** The connection is gone: what has not been settled is delivered again, here or elsewhere. */
  drop(): void {
    const { broker } = this.#options;
    void this.#inner?.stop();
    this.#inner = undefined;
    for (const incoming of [...this.#unsettled].reverse()) {
      incoming.settle({ retryIn: 0 });
      broker.settled(incoming, { retryIn: 0 });
    }
    this.#unsettled.clear();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#inner?.stop();
    this.#inner = undefined;
  }

  #take(batch: readonly Incoming[]): void {
    const { life, broker, around } = this.#options;
    for (const incoming of batch) {
      this.#unsettled.add(incoming);
      broker.handedOut(incoming);
    }
    this.#mayBreak();
    life.soon(around.misfortune.site(`${life.name} receives`), () => {
      const here = batch.filter((incoming) => this.#unsettled.has(incoming));
      if (here.length > 0) this.#on(here.map((incoming) => this.#delivery(incoming)));
    });
  }

  #delivery(incoming: Incoming): Incoming {
    let isSettled = false;
    const settle = (verdict: Settlement) => {
      if (isSettled || !this.#unsettled.has(incoming)) return;
      isSettled = true;
      this.#settle(incoming, verdict);
    };
    const { id, type, body, contentType, headers, sentAt, deliveries } = incoming;
    const { address, position, correlationId, replyTo, partitionKey, expiresAt } = incoming;
    return {
      id,
      type,
      body,
      contentType,
      headers,
      sentAt,
      deliveries,
      ...(address !== undefined && { address }),
      ...(position !== undefined && { position }),
      ...(correlationId !== undefined && { correlationId }),
      ...(replyTo !== undefined && { replyTo }),
      ...(partitionKey !== undefined && { partitionKey }),
      ...(expiresAt !== undefined && { expiresAt }),
      settle,
    };
  }

  #settle(incoming: Incoming, verdict: Settlement): void {
    const { life, around, ledger, broker, accuse } = this.#options;
    const isReply = "repliesOf" in this.#from;
    const isGone = verdict === "ack" || "dead" in verdict;
    const { correlationId } = incoming;
    if (isReply && isGone && correlationId !== undefined && ledger.needsAnswer(correlationId)) {
      accuse(`${life.name}: settles the answer to ${correlationId} before it is stored`);
    }
    const site = around.misfortune.site(`${life.name} settle`);
    if (life.dies(`before ${site}`)) return;
    life.soon(site, () => {
      if (!this.#unsettled.delete(incoming)) return;
      incoming.settle(verdict);
      broker.settled(incoming, verdict);
    });
  }
}
