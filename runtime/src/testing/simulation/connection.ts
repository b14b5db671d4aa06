/** A process's connection to the broker: it breaks, comes back, and takes with it what had not been settled. */

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
import type { Incarnation } from "./incarnation.js";
import { isMalformed, isTampered } from "./message-faults.js";
import type { System } from "./system.js";

/** A message that nobody can read is given up after as many. */
const mostDeliveries = 20;

/** The transport, as one incarnation of a process sees it. `isCaller`: what it sends is refused for now only, never for good. */
export function connect(system: System, incarnation: Incarnation, isCaller = false): Transport {
  return new Connection(system, incarnation, isCaller);
}

class Connection implements Transport {
  readonly traits: Transport["traits"];
  readonly #system: System;
  readonly #incarnation: Incarnation;
  readonly #isCaller: boolean;
  readonly #subscriptions: ReconnectingSubscription[] = [];
  #isUp = true;

  constructor(system: System, incarnation: Incarnation, isCaller: boolean) {
    this.traits = { ...system.broker.inner.traits, durable: system.durable };
    this.#system = system;
    this.#incarnation = incarnation;
    this.#isCaller = isCaller;
    incarnation.onEnd(() => this.#drop());
  }

  prepare(sources: readonly Source[], mode: "declare" | "verify" | "plan"): Promise<readonly string[]> {
    return this.#incarnation.call("prepare", [], () => this.#system.broker.inner.prepare(sources, mode));
  }

  send(batch: readonly Outgoing[]): Promise<readonly SendResult[]> {
    for (const message of batch) this.#check(message);
    return this.#incarnation.call("send", [], async () => {
      this.#mayBreak("send");
      const results: SendResult[] = [];
      for (const message of batch)
        results.push(this.#isUp ? await this.#system.broker.accept(message, !this.#isCaller) : "unknown");
      return results;
    });
  }

  async subscribe(
    from: Source,
    { prefetch }: { readonly prefetch: number },
    on: (batch: readonly Incoming[]) => void,
  ): Promise<Subscription> {
    const mayBreak = () => this.#mayBreak("receive");
    const subscription = new ReconnectingSubscription(this.#system, this.#incarnation, {
      from,
      prefetch,
      on,
      mayBreak,
    });
    this.#subscriptions.push(subscription);
    await this.#incarnation.call("subscribe", [], async () => {
      if (this.#isUp) await subscription.open();
    });
    return subscription;
  }

  async close(): Promise<void> {}

  #check({ id, correlationId }: Outgoing): void {
    if (correlationId !== undefined && parseEffectKey(correlationId)?.id === id)
      this.#system.ledger.checkSent(correlationId, this.#incarnation);
    else if (correlationId === undefined) this.#system.ledger.sentWithoutReply(id);
  }

  #mayBreak(doing: string): void {
    const { injector, time, trace } = this.#system;
    const { name } = this.#incarnation;
    const site = injector.site(`${name} ${doing}`);
    if (!this.#isUp || !injector.injects("disconnect", site)) return;
    const ms = injector.ms(`absence ${site}`, 500, 12_000);
    trace(() => `${name}: loses its connection for ${ms} ms`);
    this.#drop();
    time.after(ms, () => this.#restore());
  }

  #drop(): void {
    this.#isUp = false;
    for (const subscription of this.#subscriptions) subscription.drop();
  }

  #restore(): void {
    if (this.#incarnation.isOver) return;
    this.#isUp = true;
    for (const subscription of this.#subscriptions) void subscription.open();
  }
}

interface Subscribed {
  readonly from: Source;
  readonly prefetch: number;
  readonly on: (batch: readonly Incoming[]) => void;
  /** Called when messages arrive: the connection may break just then. */
  readonly mayBreak: () => void;
}

/** One subscription, over as many connections as it takes. */
class ReconnectingSubscription implements Subscription {
  readonly #system: System;
  readonly #incarnation: Incarnation;
  readonly #subscribed: Subscribed;
  readonly #unsettled = new Set<Incoming>();
  #inner: Subscription | undefined;
  #isStopped = false;
  #address = "";

  constructor(system: System, incarnation: Incarnation, subscribed: Subscribed) {
    this.#system = system;
    this.#incarnation = incarnation;
    this.#subscribed = subscribed;
  }

  get address(): string {
    return this.#address;
  }

  connected(): boolean {
    return this.#inner !== undefined;
  }

  idleSince(): number | undefined {
    return this.#system.broker.momentOf(this.#inner?.idleSince());
  }

  async open(): Promise<void> {
    if (this.#isStopped || this.#inner) return;
    const { from, prefetch } = this.#subscribed;
    const inner = await this.#system.broker.inner.subscribe(from, { prefetch }, (batch) => this.#take(batch));
    this.#address = inner.address;
    if (this.#incarnation.isOver || this.#isStopped) void inner.stop();
    else this.#inner = inner;
  }

  /** The connection is gone: what has not been settled is delivered again, here or elsewhere. */
  drop(): void {
    const { broker } = this.#system;
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
    const { broker, injector, reportViolation } = this.#system;
    for (const incoming of batch) {
      this.#unsettled.add(incoming);
      broker.handedOut(incoming);
      if (isMalformed(incoming) && incoming.deliveries > mostDeliveries)
        reportViolation(`${this.#incarnation.name}: takes ${incoming.id} for the ${incoming.deliveries}th time`);
    }
    this.#subscribed.mayBreak();
    this.#incarnation.soon(injector.site(`${this.#incarnation.name} receives`), () => {
      const here = batch.filter((incoming) => this.#unsettled.has(incoming));
      if (here.length > 0) this.#subscribed.on(here.map((incoming) => this.#delivery(incoming)));
    });
  }

  #delivery(incoming: Incoming): Incoming {
    let isSettled = false;
    const settle = (settlement: Settlement) => {
      if (isSettled || !this.#unsettled.has(incoming)) return;
      isSettled = true;
      this.#settle(incoming, settlement);
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

  #settle(incoming: Incoming, settlement: Settlement): void {
    const { ledger, broker, injector, reportViolation } = this.#system;
    const { name } = this.#incarnation;
    const isReply = "repliesOf" in this.#subscribed.from;
    const isFinal = settlement === "ack" || "dead" in settlement;
    const { correlationId } = incoming;
    if (
      isReply &&
      isFinal &&
      correlationId !== undefined &&
      !isTampered(incoming) &&
      ledger.needsAnswer(correlationId)
    ) {
      reportViolation(`${name}: settles the answer to ${correlationId} before it is stored`);
    }
    const site = injector.site(`${name} settle`);
    if (this.#incarnation.dies(`before ${site}`)) return;
    this.#incarnation.soon(site, () => {
      if (!this.#unsettled.delete(incoming)) return;
      incoming.settle(settlement);
      broker.settled(incoming, settlement);
    });
  }
}
