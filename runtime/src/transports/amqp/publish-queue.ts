/** Parcels on a confirm channel: written as long as there is room, and each with a verdict. */
import { fastMerge } from "../../core/fast-merge.js";
import type { AmqpConfirmChannel, AmqpMessage } from "./driver.js";
import { type Entry, keyOf, unencodable } from "./pending-publish.js";
import { sharedHeaders } from "./shared-headers.js";

export interface PublishQueueOptions {
  readonly maxUnconfirmed: number;
  readonly maxWaiting: number;
  /** The channel to write to; undefined while there is none. */
  channel(): AmqpConfirmChannel | undefined;
  /** Something has been written. */
  written(): void;
  /** The broker does not confirm any more: another channel is wanted. */
  renew(): void;
  warn(error: unknown): void;
}

export interface PublishQueue {
  /** Lets a parcel wait for its turn; without room for it, it is `unknown` at once. */
  add(entry: Entry): void;
  /** Writes what waits, as far as there is room. */
  pump(): void;
  /** The time of an entry is over. */
  late(entry: Entry | undefined): void;
  /** Hears what the broker says on a fresh channel. */
  listenTo(channel: AmqpConfirmChannel): void;
  /** The channel is gone. */
  lost(): void;
}

export function createPublishQueue(options: PublishQueueOptions): PublishQueue {
  const { maxUnconfirmed, maxWaiting, warn } = options;
  const waiting = new Set<Entry>();
  const inFlight = new Map<string, Entry>();
  let writable = true;
  let abandoned = 0;

  function pump(): void {
    const channel = options.channel();
    if (!channel || waiting.size === 0) return;
    for (const entry of waiting) {
      if (!writable || inFlight.size - abandoned >= maxUnconfirmed) break;
      waiting.delete(entry);
      if (!entry.batch.open(entry.index)) continue;
      const earlier = inFlight.get(entry.key);
      if (earlier) follow(earlier, entry);
      else if (!write(channel, entry)) break;
    }
    options.written();
  }

  function write(channel: AmqpConfirmChannel, entry: Entry): boolean {
    const { route, content, properties, deadline } = entry.parcel;
    const left = deadline === undefined ? undefined : Math.ceil(deadline - Date.now());
    if (left !== undefined && left <= 0) {
      entry.batch.settle(entry.index, "unknown");
      return true;
    }
    const publishing = fastMerge(properties, {
      headers: sharedHeaders(properties.headers),
      ...(left !== undefined && { expiration: String(left) }),
    });
    try {
      writable = channel.publish(route.exchange, route.routingKey, content, publishing, (error) =>
        confirmed(entry, error),
      );
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

  return {
    add(entry) {
      if (waiting.size >= maxWaiting) entry.batch.settle(entry.index, "unknown");
      else waiting.add(entry);
    },
    pump,
    late(entry) {
      if (entry === undefined || waiting.delete(entry) || inFlight.get(entry.key) !== entry) return;
      // A broker that confirms nothing any more would fill the driver's memory: start again on another channel.
      if (++abandoned > maxUnconfirmed) options.renew();
    },
    listenTo(channel) {
      channel.on("return", ({ fields, properties }: AmqpMessage) => {
        const entry = inFlight.get(keyOf(fields.exchange, fields.routingKey, String(properties.messageId ?? "")));
        if (entry) entry.returned = true;
      });
      channel.on("drain", () => {
        writable = true;
        pump();
      });
    },
    lost() {
      writable = true;
      abandoned = 0;
    },
  };
}

function follow(earlier: Entry, entry: Entry): void {
  let last = earlier;
  while (last.follower) last = last.follower;
  last.follower = entry;
}
