import type { Json } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { fastMerge } from "../core/fast-merge.js";
import type { Incoming, Message, Outgoing } from "../messaging/transport.js";
import { correlationValue } from "./correlation.js";
import {
  acceptFailureHeader,
  type Draft,
  formatOf,
  type MessageFormat,
  readPlace,
  writePlace,
} from "./message-format.js";
import { filledEndpoint, planOf } from "./operation-plan.js";
import type { AnyOperation, AnyRequest } from "./operations.js";

export type { AnyOperation, AnyRequest } from "./operations.js";
export { decodeReply } from "./reply-reader.js";

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
    const given = readPlace(draft, format.correlation);
    if (given !== undefined) correlationId = String(given);
    else if (correlationId !== undefined) writeCorrelation(format, draft, correlationId);
  }
  if (replyAddress && meta.replyTo !== undefined) writePlace(draft, replyAddress, meta.replyTo);
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
  const key = plan.idempotencyKey && readPlace(draft, plan.idempotencyKey);
  if (key !== undefined) outgoing.partitionKey = typeof key === "string" ? key : JSON.stringify(key);
  return outgoing;
}

/** Writes a correlation id in its declared place, if there is one, in the form that the place asks for. */
export function writeCorrelation(format: MessageFormat, draft: Draft, correlationId: string): void {
  if (!format.correlation) return;
  writePlace(draft, format.correlation, correlationValue(format.correlationSchema, correlationId));
}

/**
 * The correlation id of an incoming reply: the declared place first, else the protocol's. Where the declared value was
 * derived from the protocol's, as ours are, that one is the id.
 */
export function correlationOf(operation: AnyRequest | undefined, incoming: Incoming): string | undefined {
  const native = incoming.correlationId;
  if (!operation) return native;
  const format = replyFormatOf(operation, incoming);
  return format ? correlationIn(format, incoming) : native;
}

/** The correlation id of a message of a known format. */
export function correlationIn(format: MessageFormat, message: Message): string | undefined {
  const native = message.correlationId;
  if (!format.correlation) return native;
  const declared = readIncoming(format, message);
  if (declared === undefined) return native;
  const derived = native === undefined ? undefined : correlationValue(format.correlationSchema, native);
  return derived === declared ? native : String(declared);
}

function readIncoming(format: MessageFormat, message: Message): unknown {
  if (!format.correlation) return undefined;
  const { headers } = message;
  if (format.correlation.part === "headers") return readPlace({ headers, payload: null }, format.correlation);
  try {
    return readPlace({ headers, payload: format.decode(message.body, format.message.name) }, format.correlation);
  } catch (error) {
    // A body that cannot be read has no correlation id: whoever decodes it next says what is wrong with it.
    if (error instanceof SagaspecError) return undefined;
    throw error;
  }
}

function replyFormatOf({ reply }: AnyRequest, incoming: Incoming): MessageFormat | undefined {
  const formats = [...reply.success, ...Object.values(reply.failure ?? {})].map(formatOf);
  const named = formats.find(({ names }) => names.includes(incoming.type));
  return named ?? formats.find((format) => readIncoming(format, incoming) !== undefined);
}
