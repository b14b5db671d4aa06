/** Replies to sagas whose definition this worker does not have: kept beside the saga, for a worker that has it. */
import { randomUUID } from "node:crypto";
import { SagaspecError } from "../../core/errors.js";
import type { Incoming, Settlement } from "../../messaging/transport.js";
import type { Effect } from "../store/effects.js";

export type ParkedReply = Extract<Effect, { type: "reply" }>;

/** The row that keeps a reply: one, however often the reply is delivered. */
export function parkReply(saga: string, incoming: Incoming): ParkedReply {
  const { id, type, body, contentType, headers, correlationId, sentAt, position } = incoming;
  return {
    type: "reply",
    id: `${saga}/~reply/${id || position || randomUUID()}`,
    attempt: 1,
    message: {
      id,
      type,
      body: Buffer.from(body).toString("base64"),
      contentType,
      headers,
      sentAt,
      ...(correlationId === undefined ? undefined : { correlationId }),
    },
  };
}

/** The reply as it came. Its row goes through `confirm`, and stays when the reply has to come again. */
export function parkedReply(
  { message }: ParkedReply,
  { confirm, problem }: { confirm(): void; problem(error: unknown): void },
): Incoming {
  const settle = (verdict: Settlement) => {
    if (verdict !== "ack" && "retryIn" in verdict) return;
    if (verdict !== "ack") {
      const text = `reply ${message.id} to ${message.correlationId}: it was kept, and came to nothing: ${verdict.dead}`;
      problem(new SagaspecError("unknown-saga", text));
    }
    confirm();
  };
  return { ...message, body: Buffer.from(message.body, "base64"), deliveries: 1, settle };
}
