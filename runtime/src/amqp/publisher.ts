import { SagaspecError } from "../errors.js";
import type { Sent } from "../transport.js";
import { type Batch, createBatch } from "./batch.js";
import { closedError, type Link } from "./connection.js";
import { declareExchange, declareQueue, onChannel, type TopologyMode } from "./declare.js";
import type { AmqpConfirmChannel, AmqpMessage, PublishProperties, QueueOptions } from "./driver.js";
import { createSession, type Session } from "./session.js";
import type { Exchange, Route } from "./topology.js";

/** A message ready to be written. */
export interface Parcel {
  readonly route: Route;
  readonly content: Buffer;
  readonly properties: PublishProperties & { readonly messageId: string };
  /** Milliseconds since 1970. A parcel that is not written by then is dropped, and `unknown`. */
  readonly deadline?: number | undefined;
}

export interface PublisherOptions {
  readonly link: Link;
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
  publish(parcels: readonly Parcel[]): Promise<readonly Sent[]>;
  /** Declares a queue once, or makes sure that it is there. */
  ensureQueue(queue: { readonly name: string; readonly options: QueueOptions }): Promise<void>;
  /** The queue was found missing: the next `ensureQueue` declares it again. */
  forgetQueue(name: string): void;
  /** Waits for the verdicts that are open, then lets go of the channel. */
  close(): Promise<void>;
}

/**
 * A parcel on its way.
 *
 * waiting:   in `waiting`, until the channel has room
 * in flight: written, in `inFlight` under its key, until confirmed or the channel closes
 * following: behind an equal key in flight, because a returned message is known by its key only
 *
 * The batch holds the verdict. One that timed out in flight stays there, as its confirm may still come.
 */
interface Entry {
  readonly parcel: Parcel;
  readonly key: string;
  readonly batch: Batch;
  readonly index: number;
  returned: boolean;
  follower: Entry | undefined;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { link, topology, sendTimeoutMs, maxUnconfirmed, maxWaiting, reconnectMaxMs, warn } = options;
  const waiting = new Set<Entry>();
  const inFlight = new Map<string, Entry>();
  const sending = new Set<Promise<unknown>>();
  const exchanges = new Map<string, Exchange>();
  const declaring = new Map<string, Promise<Sent>>();
  const queues = new Set<string>();
  let session: Session<AmqpConfirmChannel> | undefined;
  let writable = true;
  let abandoned = 0;
  let closed = false;

  async function ready(): Promise<void> {
    if (closed) throw closedError();
    session ??= createSession({
      link,
      reconnectMaxMs,
      create: (on) => on.createConfirmChannel(),
      setUp,
      ready: pump,
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
    channel.on("return", ({ fields, properties }: AmqpMessage) => {
      const entry = inFlight.get(keyOf(fields.exchange, fields.routingKey, String(properties.messageId ?? "")));
      if (entry) entry.returned = true;
    });
    channel.on("drain", () => {
      writable = true;
      pump();
    });
    for (const exchange of exchanges.values()) await declareExchange(channel, exchange, topology);
  }

  function lost(): void {
    queues.clear();
    writable = true;
    abandoned = 0;
  }

  function pump(): void {
    const channel = session?.channel();
    if (!channel || waiting.size === 0) return;
    for (const entry of waiting) {
      if (!writable || inFlight.size - abandoned >= maxUnconfirmed) break;
      waiting.delete(entry);
      if (!entry.batch.open(entry.index)) continue;
      const earlier = inFlight.get(entry.key);
      if (earlier) follow(earlier, entry);
      else if (!write(channel, entry)) break;
    }
    link.gather();
  }

  function write(channel: AmqpConfirmChannel, entry: Entry): boolean {
    const { route, content, properties, deadline } = entry.parcel;
    const left = deadline === undefined ? undefined : Math.ceil(deadline - Date.now());
    if (left !== undefined && left <= 0) {
      entry.batch.settle(entry.index, "unknown");
      return true;
    }
    const timed = left === undefined ? properties : { ...properties, expiration: String(left) };
    try {
      writable = channel.publish(route.exchange, route.routingKey, content, timed, (error) => confirmed(entry, error));
      inFlight.set(entry.key, entry);
      return true;
    } catch (error) {
      // The channel has just closed: the next one takes the parcel.
      if (error instanceof Error && error.name === "IllegalOperationError") {
        waiting.add(entry);
        return false;
      }
      warn(unencodable(entry.parcel, error));
      entry.batch.settle(entry.index, "unroutable");
      return true;
    }
  }

  function confirmed(entry: Entry, error: unknown): void {
    inFlight.delete(entry.key);
    if (!entry.batch.open(entry.index)) abandoned = Math.max(0, abandoned - 1);
    entry.batch.settle(entry.index, error ? "unknown" : entry.returned ? "unroutable" : "accepted");
    if (entry.follower) waiting.add(entry.follower);
    // After an error the channel may be closing; the next one pumps when it is ready.
    if (!error) pump();
  }

  function late(entry: Entry | undefined): void {
    if (entry === undefined || waiting.delete(entry) || inFlight.get(entry.key) !== entry) return;
    // A broker that confirms nothing any more would fill the driver's memory: start again on another channel.
    if (++abandoned > maxUnconfirmed) session?.renew();
  }

  // One that cannot be declared is no reason to hold up the messages to others.
  function ensureExchange(exchange: Exchange): Promise<Sent> {
    const pending =
      declaring.get(exchange.name) ?? declareOnce(exchange).finally(() => declaring.delete(exchange.name));
    declaring.set(exchange.name, pending);
    return pending;
  }

  async function declareOnce(exchange: Exchange): Promise<Sent> {
    try {
      await onChannel(link, (channel) => declareExchange(channel, exchange, topology));
      exchanges.set(exchange.name, exchange);
      return "accepted";
    } catch (error) {
      warn(error);
      return error instanceof SagaspecError && error.code === "topology-mismatch" ? "unroutable" : "unknown";
    }
  }

  function enqueue(entry: Entry): void {
    if (waiting.size >= maxWaiting) entry.batch.settle(entry.index, "unknown");
    else waiting.add(entry);
  }

  function start(parcels: readonly Parcel[]): Promise<readonly Sent[]> {
    const entries: Entry[] = [];
    const batch = createBatch(parcels.length, sendTimeoutMs, (index) => late(entries[index]));
    for (const [index, parcel] of parcels.entries()) {
      const { exchange, routingKey, declares } = parcel.route;
      const key = keyOf(exchange, routingKey, parcel.properties.messageId);
      const entry = { parcel, key, batch, index, returned: false, follower: undefined };
      entries.push(entry);
      if (!declares || exchanges.has(exchange)) enqueue(entry);
      else {
        void ensureExchange(declares).then((usable) => {
          if (usable !== "accepted") return batch.settle(index, usable);
          enqueue(entry);
          pump();
        });
      }
    }
    pump();
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

function follow(earlier: Entry, entry: Entry): void {
  let last = earlier;
  while (last.follower) last = last.follower;
  last.follower = entry;
}

function keyOf(exchange: string, routingKey: string, messageId: string): string {
  return `${messageId}\n${routingKey}\n${exchange}`;
}

function unencodable(parcel: Parcel, cause: unknown): SagaspecError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SagaspecError(
    "invalid-message",
    `message "${parcel.properties.messageId}" to "${parcel.route.routingKey}": AMQP cannot carry it (${reason}); shorten its headers and ids`,
    { cause },
  );
}
