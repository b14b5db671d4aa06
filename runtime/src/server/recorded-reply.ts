import type { Json, Message } from "../codegen.js";
import type { RecordedReply } from "../messaging/inbox.js";
import { losslessJson, parseLossless, stringifyLossless } from "../wire/codec.js";
import { type FailureKind, failureKinds, standardFailureMessage } from "../wire/failure.js";
import { formatOf } from "../wire/message-format.js";
import type { AnyRequest } from "../wire/operations.js";
import type { ReplyContent, ReturnAddress } from "../wire/reply-writer.js";

/** A reply as the inbox keeps it. */
export function recorded(request: AnyRequest, reply: ReplyContent, address: ReturnAddress): RecordedReply {
  const { to, correlationId } = address;
  return {
    name: `${request.id}/${reply.message.name}${reply.standard === undefined ? "" : `?${reply.standard}`}`,
    payload: toJson(reply.message, reply.payload),
    ...(to && "reply" in to && { replyTo: to.reply }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** Id of the operation that a recorded reply answers. */
export function operationIn({ name }: RecordedReply): string {
  return name.split("/", 1)[0] as string;
}

/** What a recorded standard failure says. */
export function failureIn({ payload }: RecordedReply): string {
  return String((payload as { readonly message?: Json }).message);
}

/** Reads a recorded reply back; undefined when the contract has no such message any more. */
export function remembered(request: AnyRequest, { name, payload }: RecordedReply): ReplyContent | undefined {
  const [, wireName = "", kind = ""] = /^[^/]*\/(.*?)(?:\?([a-z]+))?$/.exec(name) ?? [];
  const { success, failure = {} } = request.reply;
  const known: readonly Message<unknown>[] = [...success, ...Object.values(failure), standardFailureMessage];
  const message = known.find((candidate) => candidate.name === wireName);
  if (!message) return undefined;
  const content = { message, payload: fromJson(payload) };
  return failureKinds.has(kind) ? { ...content, standard: kind as FailureKind } : content;
}

// What JSON cannot say stands in an object of one member.
const base64 = "~base64";
const lossless = "~json";

function toJson(message: Message<unknown>, payload: unknown): Json {
  if (payload instanceof Uint8Array) return { [base64]: Buffer.from(payload).toString("base64") };
  const format = formatOf(message);
  const travels = format.toWire(payload ?? null);
  return format.codec === losslessJson ? { [lossless]: stringifyLossless(travels) ?? "null" } : (travels as Json);
}

function fromJson(payload: Json): unknown {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return payload;
  const { [base64]: bytes, [lossless]: text } = payload as { readonly [key: string]: Json };
  if (typeof text === "string") return parseLossless(text);
  return typeof bytes === "string" ? Buffer.from(bytes, "base64") : payload;
}
