/** Messages that are not done yet, and those that never will be: published elsewhere with a confirm, then acknowledged. */
import type { Incoming } from "../../messaging/transport.js";
import type { AmqpMessage, QueueOptions, Table } from "./driver.js";
import { deliveriesHeader, expiresAtHeader, propertiesAgain, routingKeyHeader } from "./message.js";
import type { Publisher } from "./publisher.js";
import { deadQueue, type Queue, retryDelayMs, retryQueue } from "./topology.js";

export interface DeadLettering {
  /** Each says whether the message is safe, so that its delivery may be acknowledged. */
  retry(raw: AmqpMessage, delivery: Delivered, retryInMs: number): Promise<boolean>;
  bury(raw: AmqpMessage, delivery: Delivered, reason: string): Promise<boolean>;
}

type Delivered = Pick<Incoming, "id" | "deliveries" | "expiresAt">;

/** Clocks differ: nothing counts as expired before this much is over. */
const toleranceMs = 2_000;

export function createDeadLettering(publisher: Publisher, queue: Queue): DeadLettering {
  async function move(
    to: { name: string; options: QueueOptions },
    raw: AmqpMessage,
    delivery: Delivered,
    added: Table,
  ): Promise<boolean> {
    const routingKey = raw.properties.headers?.[routingKeyHeader] ?? raw.fields.routingKey;
    const properties = propertiesAgain(raw, delivery.id, { [routingKeyHeader]: routingKey, ...added });
    const parcel = {
      route: { exchange: "", routingKey: to.name },
      content: raw.content,
      properties: { ...properties, messageId: delivery.id },
    };
    // Found missing, it is declared once more.
    for (let attempt = 0; attempt < 2; attempt++) {
      await publisher.ensureQueue(to);
      const [sent] = await publisher.publish([parcel]);
      if (sent !== "unroutable") return sent === "accepted";
      publisher.forgetQueue(to.name);
    }
    return false;
  }

  async function bury(raw: AmqpMessage, delivery: Delivered, reason: string): Promise<boolean> {
    if (queue.family === undefined) return true;
    return move(deadQueue(queue.family), raw, delivery, {
      "x-death-reason": reason,
      "x-death-queue": queue.name,
      "x-death-time": Date.now(),
      [deliveriesHeader]: delivery.deliveries,
    });
  }

  return {
    bury,
    async retry(raw, delivery, retryInMs) {
      const delayMs = retryDelayMs(retryInMs);
      const { expiresAt } = delivery;
      if (expiresAt !== undefined && Date.now() + delayMs > expiresAt + toleranceMs)
        return bury(raw, delivery, "expired");
      const added = {
        [deliveriesHeader]: delivery.deliveries,
        ...(expiresAt !== undefined && { [expiresAtHeader]: expiresAt }),
      };
      return move(retryQueue(queue.family ?? queue.name, queue.name, delayMs), raw, delivery, added);
    },
  };
}
