import type { Json } from "../codegen.js";
import { fastMerge } from "../core/fast-merge.js";
import { writeCorrelation } from "./correlation.js";
import type { Outgoing } from "./message.js";
import { acceptFailureHeader, type Draft, readLocation, writeLocation } from "./message-format.js";
import { filledEndpoint, planOf } from "./operation-plan.js";
import type { AnyOperation } from "./operations.js";

/** What a message carries beside its payload. Times in milliseconds since 1970. */
export interface MessageMeta {
  readonly id: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiresAt?: number;
  readonly sentAt: number;
  readonly headers?: { readonly [name: string]: Json };
  readonly parameters?: { readonly [name: string]: string };
  /** Of a channel whose document leaves it open. */
  readonly address?: string;
}

/**
 * Turns a payload into a message for an operation: validates it, encodes it, writes correlation and reply address where
 * the contract declares them and in the protocol's place. A correlation id that the caller has put in its declared place
 * is kept, and becomes the message's.
 * @throws SagaspecError `invalid-message`
 */
export function encodeMessage(operation: AnyOperation, payload: unknown, meta: MessageMeta): Outgoing {
  const plan = planOf(operation);
  const { format, replyAddress } = plan;
  const draft: Draft = {
    headers: fastMerge(meta.headers),
    payload: payload === undefined ? null : format.toWire(payload),
  };
  let { correlationId } = meta;
  if (format.correlation) {
    const given = readLocation(draft, format.correlation);
    if (given !== undefined) correlationId = String(given);
    else if (correlationId !== undefined) writeCorrelation(format, draft, correlationId);
  }
  if (replyAddress && meta.replyTo !== undefined) writeLocation(draft, replyAddress, meta.replyTo);
  format.assert(draft, operation.id, "outgoing");
  if (operation.kind === "request") draft.headers[acceptFailureHeader] = "sagaspec";
  const outgoing: { -readonly [Key in keyof Outgoing]: Outgoing[Key] } = {
    to: filledEndpoint(plan, meta.parameters, draft, meta.address),
    id: meta.id,
    type: format.wireName,
    body: format.encode(draft.payload, operation.id),
    contentType: format.contentType,
    headers: draft.headers,
    sentAt: meta.sentAt,
  };
  if (correlationId !== undefined) outgoing.correlationId = correlationId;
  if (meta.replyTo !== undefined) outgoing.replyTo = meta.replyTo;
  if (meta.expiresAt !== undefined) outgoing.expiresAt = meta.expiresAt;
  const key = plan.idempotencyKey && readLocation(draft, plan.idempotencyKey);
  if (key !== undefined) outgoing.partitionKey = typeof key === "string" ? key : JSON.stringify(key);
  return outgoing;
}
