import type { Json, Message } from "../codegen.js";
import { fastMerge } from "../core/fast-merge.js";
import { correlationIn, writeCorrelation } from "./correlation.js";
import { type FailureKind, standardFailureMessage } from "./failure.js";
import type { Message as Delivered, Outgoing } from "./message.js";
import { type Draft, failureHeader, formatOf, type MessageFormat, readLocation } from "./message-format.js";
import { planOf, replyEndpoint } from "./operation-plan.js";
import type { AnyRequest } from "./operations.js";

/** Where a request wants its answer, and what ties the two together. */
export interface ReturnAddress {
  readonly to: Outgoing["to"] | undefined;
  readonly correlationId: string | undefined;
  /** The correlation id as it stands in its declared place, when that is not derived from `correlationId`. */
  readonly nativeCorrelationId: string | undefined;
}

/** Reads where to answer: the declared place first, else the protocol's, else the channel that the document fixes. */
export function returnAddressOf(request: AnyRequest, message: Delivered, payload: unknown): ReturnAddress {
  const { replyAddress, format } = planOf(request);
  const declared = replyAddress && readLocation({ headers: message.headers, payload }, replyAddress);
  const token = typeof declared === "string" ? declared : message.replyTo;
  return {
    to: token !== undefined && token !== "" ? { reply: token } : replyEndpoint(request),
    correlationId: correlationIn(format, message),
    nativeCorrelationId: message.correlationId,
  };
}

/** Who asked for a saga by an operation, and how to answer. */
export interface Caller {
  readonly operation: string;
  /** Absent where the contract fixes the address of replies. */
  readonly replyTo?: string;
  readonly correlationId?: string;
  readonly nativeCorrelationId?: string;
  /** Whether the standard failure is understood. */
  readonly acceptsFailure: boolean;
}

function headerPlaces({ reply }: AnyRequest): readonly MessageFormat[] {
  const declared = [...reply.success, ...Object.values(reply.failure ?? {})].map(formatOf);
  return declared.filter(({ correlation }) => correlation?.part === "headers");
}

/** A reply that is ready to be written. */
export interface ReplyContent {
  readonly message: Message<unknown>;
  readonly payload: unknown;
  /** Marks an error that the contract does not know of. Told in a header to whoever accepts the standard failure. */
  readonly standard?: FailureKind;
}

/**
 * Writes a reply.
 * @throws SagaspecError `invalid-message` when the payload breaks the contract.
 */
export function encodeReply(
  request: AnyRequest,
  reply: ReplyContent,
  address: ReturnAddress & { readonly to: Outgoing["to"] },
  meta: {
    readonly id: string;
    readonly sentAt: number;
    readonly headers: { readonly [name: string]: Json } | undefined;
  },
): Outgoing {
  const format = formatOf(reply.message);
  const subject = `${request.id} (reply)`;
  const draft: Draft = {
    headers: fastMerge(meta.headers),
    payload: reply.payload === undefined ? null : format.toWire(reply.payload),
  };
  if (reply.standard !== undefined && reply.message === standardFailureMessage) {
    draft.headers[failureHeader] = reply.standard;
  }
  const { correlationId } = address;
  if (correlationId !== undefined) {
    // The standard failure stands for any of the declared replies: it can be told by the headers of each.
    const places = reply.message === standardFailureMessage ? headerPlaces(request) : [format];
    for (const place of places) writeCorrelation(place, draft, correlationId);
  }
  format.assert(draft, subject, "outgoing");
  const native = address.nativeCorrelationId ?? correlationId;
  return {
    to: address.to,
    id: meta.id,
    type: format.wireName,
    body: format.encode(draft.payload, subject),
    contentType: format.contentType,
    headers: draft.headers,
    sentAt: meta.sentAt,
    ...(native !== undefined && { correlationId: native }),
  };
}
