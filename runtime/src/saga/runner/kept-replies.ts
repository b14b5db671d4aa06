/** Replies to sagas whose definition this worker does not have: kept beside the saga, for a worker that has it. */
import { randomUUID } from "node:crypto";
import { SagaspecError } from "../../errors.js";
import type { Incoming, Verdict } from "../../transport.js";
import type { Effect } from "../effects.js";

export type KeptReply = Extract<Effect, { type: "reply" }>;

/** The row that keeps a reply: one, however often the reply is delivered. */
export function keep(saga: string, incoming: Incoming): KeptReply {
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
export function keptReply(
  { message }: KeptReply,
  { confirm, problem }: { confirm(): void; problem(error: unknown): void },
): Incoming {
  const settle = (verdict: Verdict) => {
    if (verdict !== "ack" && "retryIn" in verdict) return;
    if (verdict !== "ack") {
      const text = `reply ${message.id} to ${message.correlationId}: it was kept, and came to nothing: ${verdict.dead}`;
      problem(new SagaspecError("unknown-saga", text));
    }
    confirm();
  };
  return { ...message, body: Buffer.from(message.body, "base64"), deliveries: 1, settle };
}
