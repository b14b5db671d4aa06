/** Responses on their way to whoever sent the requests: in this process, by the address that the request carried. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import type { ReportProblem } from "../../core/problems.js";
import type { Incoming, SendResult, Source, Subscription } from "../../messaging/transport.js";
import { createDeliveryQueue, type DeliveryQueue } from "./delivery-queue.js";

export type Reply = Omit<Incoming, "settle" | "deliveries">;

export interface Replies {
  subscribe(from: Source, prefetch: number, on: (batch: readonly Incoming[]) => void): Subscription;
  /** Where answers arrive whose channel a document fixes. */
  fixed(channel: string): readonly string[];
  /** Whether answers to the address arrive in this process. */
  has(address: string | undefined): address is string;
  deliver(address: string, reply: Reply): SendResult;
}

// Answers that wait while nobody subscribes, or the windows are full.
const capacity = 100_000;

export function createReplies(clock: Clock, stopMs: number, report: ReportProblem): Replies {
  const queues = new Map<string, DeliveryQueue>();
  const byChannel = new Map<string, Set<string>>();

  function queueAt(address: string, lasting: boolean): DeliveryQueue {
    let queue = queues.get(address);
    if (!queue) {
      const emptied = () => {
        if (lasting) return;
        queues.delete(address);
        for (const addresses of byChannel.values()) addresses.delete(address);
      };
      queue = createDeliveryQueue({ clock, capacity, stopMs, lasting, emptied });
      queues.set(address, queue);
    }
    return queue;
  }

  return {
    subscribe(from, prefetch, on) {
      // A channel that a document fixes for replies is everybody's: each subscriber gets a copy.
      const name = "repliesOf" in from ? from.repliesOf : from.address;
      const isShared = "repliesOf" in from ? from.durable : from.group !== undefined;
      const address = isShared ? `here:${name}` : `here:${name}:${randomUUID()}`;
      if ("address" in from) byChannel.set(name, (byChannel.get(name) ?? new Set()).add(address));
      return queueAt(address, isShared).subscribe(address, prefetch, on);
    },
    fixed: (channel) => [...(byChannel.get(channel) ?? [])],
    has: (address): address is string => address !== undefined && queues.has(address),
    deliver(address, reply) {
      const queue = queues.get(address);
      if (!queue) return "unroutable";
      const end = (how: "ack" | "unsubscribed" | { readonly dead: string }) => {
        if (how !== "ack" && how !== "unsubscribed")
          report({ kind: "dead-letter", messageId: reply.id, reason: how.dead });
      };
      return queue.push({ message: reply, isWanted: () => true, end }) ? "accepted" : "unknown";
    },
  };
}
