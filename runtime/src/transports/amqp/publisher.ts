import { SagaspecError } from "../../core/errors.js";
import type { SendResult } from "../../messaging/transport.js";
import type { AmqpContext } from "./context.js";
import { declareExchange, declareQueue, onChannel } from "./declare.js";
import type { AmqpConfirmChannel, QueueOptions } from "./driver.js";
import { closedOver, createIsolation } from "./isolation.js";
import { createPendingPublish, createPublishQueue, type Publication, type Results } from "./publish-queue.js";
import { createReconnectingChannel, type ReconnectingChannel } from "./reconnecting-channel.js";
import { closedError, type ReconnectingConnection } from "./reconnecting-connection.js";
import type { Exchange } from "./topology.js";

/** Writes messages to a confirm channel, many at a time, and learns what became of each. */
export interface Publisher {
  /** One result a message, in order, within the send timeout. Rejects only if there never was a broker. */
  publish(publications: readonly Publication[]): Promise<readonly SendResult[]>;
  /** Declares a queue once, or makes sure that it is there. */
  ensureQueue(queue: { readonly name: string; readonly options: QueueOptions }): Promise<void>;
  /** The queue was found missing: the next `ensureQueue` declares it again. */
  forgetQueue(name: string): void;
  /** Waits for the results that are open, then closes the channel. */
  close(): Promise<void>;
}

export function createPublisher(context: AmqpContext, connection: ReconnectingConnection): Publisher {
  const { topology, sendTimeoutMs } = context;
  const exchanges = createExchanges(context, connection);
  const channelErrors = new WeakMap<AmqpConfirmChannel, Error>();
  const queue = createPublishQueue(context, {
    channel: () => reconnecting?.channel(),
    written: () => connection.corkSocket(),
    renew: () => reconnecting?.renew(),
    closedOver: (channel) => closedOver(connection, channelErrors.get(channel)),
    isolate: (suspects) => isolate(suspects),
  });
  const isolate = createIsolation(context, connection, (pending, result) => {
    queue.finish(pending, result);
    queue.pump();
  });
  const sending = new Set<Promise<unknown>>();
  const queues = new Map<string, Promise<void>>();
  let reconnecting: ReconnectingChannel<AmqpConfirmChannel> | undefined;
  let isClosed = false;

  async function ready(): Promise<void> {
    if (isClosed) throw closedError();
    reconnecting ??= createReconnectingChannel(context, connection, {
      create: (open) => open.createConfirmChannel(),
      setUp,
      ready: queue.pump,
      lost,
    });
    const opening = reconnecting;
    try {
      await opening.opened;
    } catch (error) {
      if (reconnecting === opening) reconnecting = undefined;
      throw error;
    }
  }

  async function setUp(channel: AmqpConfirmChannel): Promise<void> {
    channel.on("error", (error) => channelErrors.set(channel, error));
    queue.listenTo(channel);
    await exchanges.restore();
  }

  function lost(): boolean {
    queues.clear();
    return queue.lost();
  }

  function start(publications: readonly Publication[]): Promise<readonly SendResult[]> {
    const results = createResults(publications.length, sendTimeoutMs, (index) => {
      const pending = all[index];
      if (pending) queue.timedOut(pending);
    });
    const all = publications.map((publication, index) => createPendingPublish(publication, results, index));
    for (const pending of all) {
      const { exchange, declares } = pending.publication.route;
      if (!declares || exchanges.has(exchange)) queue.add(pending);
      else {
        void exchanges.ensure(declares).then((usable) => {
          if (usable !== "accepted") return results.settle(pending.index, usable);
          queue.add(pending);
          queue.pump();
        });
      }
    }
    queue.pump();
    return results.all;
  }

  return {
    publish(publications) {
      const results = ready().then(() => start(publications));
      sending.add(results);
      const done = () => sending.delete(results);
      results.then(done, done);
      return results;
    },
    async ensureQueue(wanted) {
      const { name } = wanted;
      const known = queues.get(name);
      if (known !== undefined) return known;
      const declaring = ready().then(() => onChannel(connection, (channel) => declareQueue(channel, wanted, topology)));
      queues.set(name, declaring);
      declaring.catch(() => {
        if (queues.get(name) === declaring) queues.delete(name);
      });
      return declaring;
    },
    forgetQueue(name) {
      queues.delete(name);
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(sending);
      await reconnecting?.stop();
    },
  };
}

/** The exchanges that a publisher writes to: each is declared once, and again after a channel was lost. */
function createExchanges({ topology, warn }: AmqpContext, connection: ReconnectingConnection) {
  const declared = new Map<string, Exchange>();
  const declaring = new Map<string, Promise<SendResult>>();

  // On a channel of its own: one that cannot be declared must not hold up the messages to others.
  async function declare(exchange: Exchange): Promise<SendResult> {
    try {
      await onChannel(connection, (channel) => declareExchange(channel, exchange, topology));
      declared.set(exchange.name, exchange);
      return "accepted";
    } catch (error) {
      warn(error);
      if (!(error instanceof SagaspecError) || error.code !== "topology-mismatch") return "unknown";
      declared.delete(exchange.name);
      return "unroutable";
    }
  }

  return {
    /** Whether the exchange is known to be there. */
    has: (name: string): boolean => declared.has(name),
    /** Declares it, once for all messages that need it at the same time. Gives what becomes of them. Never rejects. */
    ensure(exchange: Exchange): Promise<SendResult> {
      const pending = declaring.get(exchange.name) ?? declare(exchange).finally(() => declaring.delete(exchange.name));
      declaring.set(exchange.name, pending);
      return pending;
    },
    /** Makes sure after a reconnect that all of them are still there. */
    async restore(): Promise<void> {
      await Promise.all(Array.from(declared.values(), declare));
    },
  };
}

/** @param timedOut is called for each message that became `unknown` because the time was over */
function createResults(size: number, timeoutMs: number, timedOut: (index: number) => void): Results {
  const results = new Array<SendResult | undefined>(size);
  let open = size;
  let resolve: (all: readonly SendResult[]) => void = () => undefined;
  const all = new Promise<readonly SendResult[]>((done) => {
    resolve = done;
  });

  function end(): void {
    clearTimeout(timer);
    resolve(results.map((result) => result ?? "unknown"));
  }

  const timer = setTimeout(() => {
    for (let index = 0; index < size; index++) {
      if (results[index] !== undefined) continue;
      results[index] = "unknown";
      timedOut(index);
    }
    end();
  }, timeoutMs);
  if (size === 0) end();

  return {
    all,
    isOpen: (index) => results[index] === undefined,
    settle(index, result) {
      if (results[index] !== undefined) return;
      results[index] = result;
      if (--open === 0) end();
    },
  };
}
