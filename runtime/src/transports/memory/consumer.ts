import type { Incoming, Message, Settlement, Subscription } from "../../messaging/transport.js";
import type { Entry, Queue, QueueHost } from "./queue.js";

/** One subscriber of a queue, with its window of unsettled deliveries. */
export class Consumer implements Subscription {
  readonly #queue: Queue;
  readonly #prefetch: number;
  readonly #on: (batch: readonly Incoming[]) => void;
  readonly #host: QueueHost;
  readonly #unsettled = new Set<Delivery>();
  #idleSince: number | undefined;
  #stopped = false;
  #drained: (() => void) | undefined;

  constructor(queue: Queue, prefetch: number, on: (batch: readonly Incoming[]) => void, host: QueueHost) {
    this.#queue = queue;
    this.#prefetch = Math.max(1, prefetch);
    this.#on = on;
    this.#host = host;
    this.#idleSince = host.clock.now();
  }

  get address(): string {
    return this.#queue.name;
  }

  get room(): number {
    return this.#stopped ? 0 : this.#prefetch - this.#unsettled.size;
  }

  connected(): boolean {
    return !this.#stopped;
  }

  idleSince(): number | undefined {
    return this.#stopped ? undefined : this.#idleSince;
  }

  receive(entries: readonly Entry[]): void {
    const batch: Delivery[] = [];
    for (const entry of entries) {
      entry.deliveries += 1;
      const delivery = new Delivery(entry, this);
      this.#unsettled.add(delivery);
      batch.push(delivery);
    }
    if (this.room === 0) this.#idleSince = undefined;
    this.#on(batch);
  }

  settle(delivery: Delivery, entry: Entry, settlement: Settlement): void {
    if (!this.#unsettled.delete(delivery)) return;
    if (settlement !== "ack") {
      if ("dead" in settlement) this.#queue.deadLetter(entry, settlement.dead);
      else this.#queue.restore(entry, settlement.retryIn);
    }
    this.#idleSince ??= this.#host.clock.now();
    if (this.#stopped) {
      if (this.#unsettled.size === 0) this.#drained?.();
    } else if (this.#queue.size > 0) this.#host.schedule(this.#queue);
  }

  /** What is not settled after `waitMs` is delivered to another consumer. */
  async stop(waitMs = 30_000): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#queue.remove(this);
    if (this.#unsettled.size > 0 && waitMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#host.clock.after(waitMs, resolve, true);
        this.#drained = () => {
          cancel();
          resolve();
        };
      });
    }
    for (const delivery of [...this.#unsettled].reverse()) delivery.settle({ retryIn: 0 });
  }
}

class Delivery implements Incoming {
  readonly id: string;
  readonly type: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly headers: Message["headers"];
  readonly sentAt: number;
  readonly address: string;
  readonly deliveries: number;
  declare readonly correlationId?: string;
  declare readonly replyTo?: string;
  declare readonly partitionKey?: string;
  declare readonly expiresAt?: number;
  readonly #entry: Entry;
  readonly #consumer: Consumer;

  constructor(entry: Entry, consumer: Consumer) {
    const { message } = entry;
    this.id = message.id;
    this.type = message.type;
    this.body = message.body;
    this.contentType = message.contentType;
    this.headers = message.headers;
    this.sentAt = message.sentAt;
    this.address = entry.address;
    this.deliveries = entry.deliveries;
    if (message.correlationId !== undefined) this.correlationId = message.correlationId;
    if (message.replyTo !== undefined) this.replyTo = message.replyTo;
    if (message.partitionKey !== undefined) this.partitionKey = message.partitionKey;
    if (message.expiresAt !== undefined) this.expiresAt = message.expiresAt;
    this.#entry = entry;
    this.#consumer = consumer;
  }

  settle(settlement: Settlement): void {
    this.#consumer.settle(this, this.#entry, settlement);
  }
}
