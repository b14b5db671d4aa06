/** Messages to be retried later, and dead letters: published elsewhere with a confirm, then acknowledged. */
import { isRefused } from "../../messaging/sender.js";
import type { Incoming } from "../../messaging/transport.js";
import type { AmqpMessage, QueueOptions, Table } from "./driver.js";
import { deliveriesHeader, expiresAtHeader, propertiesAgain, routingKeyHeader } from "./message.js";
import type { Publisher } from "./publisher.js";
import { deadQueue, type Queue, retryDelayMs, retryQueue } from "./topology.js";

export interface DeadLettering {
  /**
   * Each says whether the message is safe, so that its delivery may be acknowledged.
   * @throws SagaspecError `topology-mismatch` when the queue for it is missing and may not be declared
   */
  retry(raw: AmqpMessage, delivery: Delivered, retryInMs: number): Promise<boolean>;
  deadLetter(raw: AmqpMessage, delivery: Delivered, reason: string): Promise<boolean>;
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
    const route = { exchange: "", routingKey: to.name };
    let publication = { route, content: raw.content, properties: { ...properties, messageId: delivery.id } };
    // A queue that is found missing is declared once more.
    for (let attempt = 0; attempt < 3; attempt++) {
      await publisher.ensureQueue(to);
      const [sent = "unknown"] = await publisher.publish([publication]);
      if (sent === "unroutable") publisher.forgetQueue(to.name);
      else if (!isRefused(sent) || sent.retryable) return sent === "accepted";
      // A peer may send what the client library, or the broker, does not take from us: body and reason are kept.
      else publication = { ...publication, properties: withoutHeaders(delivery.id, added, sent.refused) };
    }
    return false;
  }

  async function deadLetter(raw: AmqpMessage, delivery: Delivered, reason: string): Promise<boolean> {
    if (queue.baseName === undefined) return true;
    return move(deadQueue(queue.baseName), raw, delivery, {
      "x-death-reason": reason,
      "x-death-queue": queue.name,
      "x-death-time": Date.now(),
      [deliveriesHeader]: delivery.deliveries,
    });
  }

  return {
    deadLetter,
    async retry(raw, delivery, retryInMs) {
      const delayMs = retryDelayMs(retryInMs);
      const { expiresAt } = delivery;
      if (expiresAt !== undefined && Date.now() + delayMs > expiresAt + toleranceMs)
        return deadLetter(raw, delivery, "expired");
      const added = {
        [deliveriesHeader]: delivery.deliveries,
        ...(expiresAt !== undefined && { [expiresAtHeader]: expiresAt }),
      };
      return move(retryQueue(queue.baseName ?? queue.name, queue.name, delayMs), raw, delivery, added);
    },
  };
}

function withoutHeaders(messageId: string, added: Table, refused: string) {
  return {
    messageId: messageId.slice(0, 80),
    deliveryMode: 2,
    mandatory: true,
    headers: { ...added, "x-headers-dropped": refused.slice(0, 1_000) },
  };
}
