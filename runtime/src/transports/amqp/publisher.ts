import type { SendResult } from "../../messaging/transport.js";
import { declareQueue, onChannel, type TopologyMode } from "./declare.js";
import { createDeliveryBatch } from "./delivery-batch.js";
import type { AmqpConfirmChannel, QueueOptions } from "./driver.js";
import { createExchanges } from "./exchanges.js";
import { createEntry, type Entry, type PendingPublish } from "./pending-publish.js";
import { createPublishQueue } from "./publish-queue.js";
import { createReconnectingChannel, type ReconnectingChannel } from "./reconnecting-channel.js";
import { closedError, type ReconnectingConnection } from "./reconnecting-connection.js";

export interface PublisherOptions {
  readonly link: ReconnectingConnection;
  readonly topology: TopologyMode;
  readonly sendTimeoutMs: number;
  readonly maxUnconfirmed: number;
  readonly maxWaiting: number;
  readonly reconnectMaxMs: number;
  warn(error: unknown): void;
}

/** Writes parcels to a confirm channel, many at a time, and learns what became of each. */
export interface Publisher {
  /** One verdict a parcel, in order, within the send timeout. Rejects only if there never was a broker. */
  publish(parcels: readonly PendingPublish[]): Promise<readonly SendResult[]>;
  /** Declares a queue once, or makes sure that it is there. */
  ensureQueue(queue: { readonly name: string; readonly options: QueueOptions }): Promise<void>;
  /** The queue was found missing: the next `ensureQueue` declares it again. */
  forgetQueue(name: string): void;
  /** Waits for the verdicts that are open, then lets go of the channel. */
  close(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { link, topology, sendTimeoutMs, reconnectMaxMs, warn } = options;
  const exchanges = createExchanges(options);
  const window = createPublishQueue({
    ...options,
    channel: () => session?.channel(),
    written: () => link.gather(),
    renew: () => session?.renew(),
  });
  const sending = new Set<Promise<unknown>>();
  const queues = new Set<string>();
  let session: ReconnectingChannel<AmqpConfirmChannel> | undefined;
  let closed = false;

  async function ready(): Promise<void> {
    if (closed) throw closedError();
    session ??= createReconnectingChannel({
      link,
      reconnectMaxMs,
      create: (on) => on.createConfirmChannel(),
      setUp,
      ready: window.pump,
      lost,
      warn,
    });
    const opening = session;
    try {
      await opening.opened;
    } catch (error) {
      if (session === opening) session = undefined;
      throw error;
    }
  }

  async function setUp(channel: AmqpConfirmChannel): Promise<void> {
    window.listenTo(channel);
    await exchanges.redeclare(channel);
  }

  function lost(): void {
    queues.clear();
    window.lost();
  }

  function start(parcels: readonly PendingPublish[]): Promise<readonly SendResult[]> {
    const entries: Entry[] = [];
    const batch = createDeliveryBatch(parcels.length, sendTimeoutMs, (index) => window.late(entries[index]));
    for (const [index, parcel] of parcels.entries()) {
      const { exchange, declares } = parcel.route;
      const entry = createEntry(parcel, batch, index);
      entries.push(entry);
      if (!declares || exchanges.has(exchange)) window.add(entry);
      else {
        void exchanges.ensure(declares).then((usable) => {
          if (usable !== "accepted") return batch.settle(index, usable);
          window.add(entry);
          window.pump();
        });
      }
    }
    window.pump();
    return batch.all;
  }

  return {
    publish(parcels) {
      const verdicts = ready().then(() => start(parcels));
      sending.add(verdicts);
      const done = () => sending.delete(verdicts);
      verdicts.then(done, done);
      return verdicts;
    },
    async ensureQueue(queue) {
      if (queues.has(queue.name)) return;
      await ready();
      await onChannel(link, (channel) => declareQueue(channel, queue, topology));
      queues.add(queue.name);
    },
    forgetQueue(name) {
      queues.delete(name);
    },
    async close() {
      closed = true;
      await Promise.allSettled(sending);
      await session?.stop();
    },
  };
}
