/** Messages on a confirm channel: written as long as there is room, each until its result is known. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Refused, SendResult } from "../../messaging/transport.js";
import type { AmqpContext } from "./context.js";
import type { AmqpConfirmChannel, AmqpMessage, PublishProperties, Table } from "./driver.js";
import type { Route } from "./topology.js";

/** A message ready to be written. */
export interface Publication {
  readonly route: Route;
  readonly content: Buffer;
  readonly properties: PublishProperties & { readonly messageId: string };
  /** Milliseconds since 1970. A message that is not written by then is not sent, and `unknown`. */
  readonly deadline?: number | undefined;
}

/**
 * A message until its result is known.
 *
 * waiting:   in `waiting`, until the channel has room
 * in flight: written, in `inFlight` under its key, until it is confirmed or the channel closes
 * following: behind an equal key in flight, because a returned message is known by its key only
 * suspect:   was in flight when the broker closed the channel over one of the messages: it is sent apart
 *
 * One whose time is over in flight stays there, as its confirmation may still come.
 */
export interface PendingPublish {
  readonly publication: Publication;
  readonly key: string;
  /** Where its result goes, and as which one. */
  readonly results: Results;
  readonly index: number;
  isReturned: boolean;
  follower: PendingPublish | undefined;
}

/** The results of messages that were sent together. */
export interface Results {
  /** Resolves with one result a message, at the latest when the time is over. */
  readonly all: Promise<readonly SendResult[]>;
  /** Whether the message has no result yet. */
  isOpen(index: number): boolean;
  /** The first result counts. */
  settle(index: number, result: SendResult): void;
}

export function createPendingPublish(publication: Publication, results: Results, index: number): PendingPublish {
  const { route, properties } = publication;
  const key = keyOf(route.exchange, route.routingKey, properties.messageId);
  return { publication, key, results, index, isReturned: false, follower: undefined };
}

export interface PublishQueueUse {
  /** The channel to write to; undefined while there is none. */
  channel(): AmqpConfirmChannel | undefined;
  /** Called when something has been written. */
  written(): void;
  /** Called when the broker confirms nothing any more: another channel is needed. */
  renew(): void;
  /** Why the broker closed the channel, where it was over a message. */
  closedOver(channel: AmqpConfirmChannel): Error | undefined;
  /** Sends messages apart, one of which made the broker close the channel. Gives each to `finish`. */
  isolate(suspects: readonly PendingPublish[]): void;
}

export interface PublishQueue {
  /** Lets a message wait for its turn; without room for it, it is `unknown` at once. */
  add(pending: PendingPublish): void;
  /** Writes what waits, as far as there is room. */
  pump(): void;
  /** The time of a message is over. */
  timedOut(pending: PendingPublish): void;
  /** Sets the result of a message, and lets the one that follows it go on. */
  finish(pending: PendingPublish, result: SendResult): void;
  /** Listens to what the broker says on a fresh channel. */
  listenTo(channel: AmqpConfirmChannel): void;
  /** The channel is gone. Answers whether the broker closed it over a message. */
  lost(): boolean;
}

export function createPublishQueue({ maxUnconfirmed, maxWaiting }: AmqpContext, use: PublishQueueUse): PublishQueue {
  const waiting = new Set<PendingPublish>();
  const inFlight = new Map<string, PendingPublish>();
  let suspects: PendingPublish[] = [];
  let isWritable = true;
  let abandoned = 0;

  function pump(): void {
    const channel = use.channel();
    if (!channel || waiting.size === 0) return;
    for (const pending of waiting) {
      if (!isWritable || inFlight.size - abandoned >= maxUnconfirmed) break;
      waiting.delete(pending);
      const earlier = inFlight.get(pending.key);
      if (!isOpen(pending)) release(pending);
      else if (earlier) follow(earlier, pending);
      else if (!write(channel, pending)) break;
    }
    use.written();
  }

  /** False when the channel has just closed. */
  function write(channel: AmqpConfirmChannel, pending: PendingPublish): boolean {
    try {
      const written = writeTo(channel, pending, (error) => confirmed(channel, pending, error));
      if (written === undefined) finish(pending, "unknown");
      else {
        isWritable = written;
        inFlight.set(pending.key, pending);
      }
      return true;
    } catch (error) {
      // The next channel takes the message.
      if (error instanceof Error && error.name === "IllegalOperationError") {
        waiting.add(pending);
        return false;
      }
      finish(pending, unencodable(error));
      return true;
    }
  }

  function confirmed(channel: AmqpConfirmChannel, pending: PendingPublish, error: unknown): void {
    inFlight.delete(pending.key);
    if (!isOpen(pending)) abandoned = Math.max(0, abandoned - 1);
    if (!error || isNack(error)) {
      finish(pending, error ? nacked : pending.isReturned ? "unroutable" : "accepted");
      pump();
    } else if (isOpen(pending) && use.closedOver(channel)) suspects.push(pending);
    // The channel is gone. The next one pumps when it is ready.
    else finish(pending, "unknown");
  }

  function finish(pending: PendingPublish, result: SendResult): void {
    pending.results.settle(pending.index, result);
    release(pending);
  }

  function release(pending: PendingPublish): void {
    if (pending.follower) waiting.add(pending.follower);
    pending.follower = undefined;
  }

  return {
    add(pending) {
      if (waiting.size >= maxWaiting) pending.results.settle(pending.index, "unknown");
      else waiting.add(pending);
    },
    pump,
    finish,
    timedOut(pending) {
      if (waiting.delete(pending)) release(pending);
      else if (inFlight.get(pending.key) === pending && ++abandoned > maxUnconfirmed) {
        // A broker that confirms nothing any more would fill the driver's memory: start again on another channel.
        use.renew();
      }
    },
    listenTo(channel) {
      channel.on("return", (returned: AmqpMessage) => {
        const pending = inFlight.get(keyOfReturned(returned));
        if (pending) pending.isReturned = true;
      });
      channel.on("drain", () => {
        isWritable = true;
        pump();
      });
    },
    lost() {
      isWritable = true;
      abandoned = 0;
      if (suspects.length === 0) return false;
      use.isolate(suspects);
      suspects = [];
      return true;
    },
  };
}

function isOpen({ results, index }: PendingPublish): boolean {
  return results.isOpen(index);
}

function follow(earlier: PendingPublish, pending: PendingPublish): void {
  let last = earlier;
  while (last.follower) last = last.follower;
  last.follower = pending;
}

// RabbitMQ takes no `expiration` of more than ten years (`MAX_EXPIRY_TIMER`).
const longestExpirationMs = 315_360_000_000;

/**
 * Writes a message. Answers whether there is room for more, or undefined when its deadline is over.
 * @throws what the driver throws of a message that AMQP cannot carry, or of a channel that is closed
 */
export function writeTo(
  channel: AmqpConfirmChannel,
  { publication: { route, content, properties, deadline } }: PendingPublish,
  confirmed: (error: unknown) => void,
): boolean | undefined {
  const leftMs = deadline === undefined ? undefined : Math.ceil(deadline - Date.now());
  if (leftMs !== undefined && leftMs <= 0) return undefined;
  const publishing = fastMerge(properties, {
    headers: sharedHeaders(properties.headers),
    ...(leftMs !== undefined && leftMs <= longestExpirationMs && { expiration: String(leftMs) }),
  });
  return channel.publish(route.exchange, route.routingKey, content, publishing, confirmed);
}

/** A returned message is known by its key. */
export function keyOfReturned({ fields, properties }: AmqpMessage): string {
  return keyOf(fields.exchange, fields.routingKey, String(properties.messageId ?? ""));
}

function keyOf(exchange: string, routingKey: string, messageId: string): string {
  return `${messageId}\n${routingKey}\n${exchange}`;
}

// amqplib tells a nack from a closed channel by the text only.
export function isNack(error: unknown): boolean {
  return error instanceof Error && error.message === "message nacked";
}

export const nacked: Refused = {
  refused: "nack: a queue is full, or cannot store it at the moment",
  retryable: true,
};

function unencodable(cause: unknown): Refused {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { refused: `AMQP cannot carry it: ${reason}; shorten its headers, ids and address`, retryable: false };
}

// Sets of names that are remembered: those of contracts are few.
const maxShared = 100;
const tables = new Map<string, { [name: string]: unknown }>();

/**
 * Headers in the object that the last message with the same names had; undefined for none. It is the next message's as
 * well, so hand it to a driver that encodes before it returns. amqplib makes the object a prototype: 2.4 us for one that
 * was none before, 0.1 for one that was (seen on Node 20 and 24).
 */
function sharedHeaders(headers: Table | undefined): Table | undefined {
  const names = Object.keys(headers ?? {});
  if (names.length === 0) return undefined;
  const set = names.join("\n");
  let table = tables.get(set);
  if (!table) {
    if (tables.size === maxShared) return headers;
    // Without a prototype, a header may have any name.
    table = Object.create(null) as { [name: string]: unknown };
    tables.set(set, table);
  }
  return Object.assign(table, headers);
}
