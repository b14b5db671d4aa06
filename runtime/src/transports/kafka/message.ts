/** Kafka records to messages, and back: our headers, and those of Spring and NestJS as they send them. */
import type { Json } from "../../codegen.js";
import type { Incoming, Message, Outgoing } from "../../messaging/transport.js";
import type { KafkaMessage } from "./driver.js";

/** Headers of every message. What a peer leaves out has a meaning all the same. */
export const names = {
  id: "message-id",
  type: "message-type",
  contentType: "content-type",
  correlationId: "correlation-id",
  replyTo: "reply-to",
  /** Milliseconds since 1970 after which nobody acts on the message. */
  expiresAt: "expires-at",
  /** Names of the headers that are JSON and no text. */
  json: "json-headers",
  /** The client for which a reply is meant, where several read one partition. */
  replyFor: "reply-for",
} as const;

/** Headers of a message that is on its way to be delivered again, or that has been given up. */
export const bookkeeping = {
  deliveries: "x-deliveries",
  /** Milliseconds since 1970 from which on it is delivered again. */
  retryAt: "x-retry-at",
  topic: "x-original-topic",
  partition: "x-original-partition",
  offset: "x-original-offset",
  reason: "x-death-reason",
  time: "x-death-time",
} as const;

const spring = {
  topic: "kafka_replyTopic",
  partition: "kafka_replyPartition",
  correlationId: "kafka_correlationId",
} as const;

const ours: ReadonlySet<string> = new Set([
  ...Object.values(names),
  ...Object.values(bookkeeping),
  ...Object.values(spring),
]);

/** Where a reply goes. */
export interface ReplyAddress {
  readonly topic: string;
  readonly partition?: number;
  /** Header values that go with it as they are. */
  readonly headers: { readonly [name: string]: Buffer | string };
}

/** The address that a client gives with its requests: its topic, and where it has one to itself its partition. */
export function replyToken(topic: string, partition?: number, client?: string): string {
  return partition === undefined ? topic : `${topic}/${partition}/${client}`;
}

/** What a token made by {@link replyToken}, or read from a foreign request, means; undefined for any other text. */
export function readReplyToken(token: string): ReplyAddress | undefined {
  const [topic = "", partition = "", last = "", isForeign] = token.split("/");
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic) || !/^\d{0,9}$/.test(partition)) return undefined;
  const at = partition === "" ? {} : { partition: Number(partition) };
  if (isForeign !== undefined) {
    return { topic, ...at, headers: { [spring.correlationId]: Buffer.from(last, "base64url") } };
  }
  return { topic, ...at, headers: last === "" ? {} : { [names.replyFor]: last } };
}

/** Headers of a message on its first way out. */
export function headersOf(message: Outgoing): { [name: string]: Buffer | string } {
  const headers: { [name: string]: Buffer | string } = {};
  const json: string[] = [];
  for (const [name, value] of Object.entries(message.headers)) {
    if (typeof value === "string") headers[name] = value;
    else {
      headers[name] = JSON.stringify(value);
      json.push(name);
    }
  }
  headers[names.id] = message.id;
  if (message.type !== "") headers[names.type] = message.type;
  if (message.contentType !== "") headers[names.contentType] = message.contentType;
  if (json.length > 0) headers[names.json] = JSON.stringify(json);
  if (message.expiresAt !== undefined) headers[names.expiresAt] = String(message.expiresAt);
  const { correlationId, replyTo } = message;
  if (correlationId !== undefined) headers[names.correlationId] = correlationId;
  if (replyTo !== undefined) Object.assign(headers, replyHeaders(replyTo, correlationId));
  return headers;
}

/** Where the answer is wanted: in our words, and in those that Spring and NestJS read. */
function replyHeaders(replyTo: string, correlationId: string | undefined): { [name: string]: Buffer | string } {
  const address = readReplyToken(replyTo);
  const headers: { [name: string]: Buffer | string } = { [names.replyTo]: replyTo };
  if (!address) return headers;
  headers[spring.topic] = address.topic;
  if (correlationId !== undefined) headers[spring.correlationId] = correlationId;
  if (address.partition !== undefined) {
    const partition = Buffer.alloc(4);
    partition.writeInt32BE(address.partition);
    headers[spring.partition] = partition;
  }
  return headers;
}

/** Where a record came from. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A record as a message. Never throws: what is no text counts as absent, or stays as base64. */
export function readMessage(record: KafkaMessage, place: Place, again: number, settle: Incoming["settle"]): Incoming {
  const raw = record.headers ?? {};
  const text = (name: string): string | undefined => textOf(raw[name]);
  const position = `${place.topic}/${place.partition}/${record.offset}`;
  const id = text(names.id);
  const key = record.key === null ? undefined : record.key.toString("utf8");
  const expiresAt = numberOf(text(names.expiresAt));
  const reply = replyOf(raw);
  const correlationId = text(names.correlationId) ?? correlationOf(raw);
  return {
    id: id ?? position,
    type: text(names.type) ?? "",
    body: record.value ?? new Uint8Array(),
    contentType: text(names.contentType) ?? text("contentType") ?? "",
    headers: readHeaders(raw),
    sentAt: numberOf(record.timestamp) ?? Date.now(),
    deliveries: (numberOf(text(bookkeeping.deliveries)) ?? 0) + 1 + again,
    settle,
    address: text(bookkeeping.topic) ?? place.topic,
    ...(id === undefined && { position }),
    ...(key !== undefined && { partitionKey: key }),
    ...(correlationId !== undefined && { correlationId }),
    ...(reply !== undefined && { replyTo: reply }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

type RawHeaders = NonNullable<KafkaMessage["headers"]>;

function replyOf(raw: RawHeaders): string | undefined {
  const own = textOf(raw[names.replyTo]);
  const topic = textOf(raw[spring.topic]);
  if (own !== undefined || topic === undefined) return own;
  const partition = partitionOf(lastOf(raw[spring.partition]));
  const correlation = lastOf(raw[spring.correlationId]) ?? Buffer.alloc(0);
  return `${topic}/${partition ?? ""}/${correlation.toString("base64url")}/foreign`;
}

/** Spring writes four bytes, NestJS digits. */
function partitionOf(value: Buffer | undefined): number | undefined {
  if (value === undefined) return undefined;
  const digits = value.toString("latin1");
  if (value.length === 4 && !/^\d{4}$/.test(digits)) return value.readInt32BE();
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}

/** Spring's own ids are sixteen bytes; everybody else's are texts. */
function correlationOf(raw: RawHeaders): string | undefined {
  const value = lastOf(raw[spring.correlationId]);
  return value && (utf8Of(value) ?? value.toString("base64url"));
}

function readHeaders(raw: RawHeaders): Message["headers"] {
  const headers: { [name: string]: Json } = {};
  const json = jsonOf(textOf(raw[names.json]));
  const isJson = new Set(Array.isArray(json) ? json : []);
  for (const name of Object.keys(raw)) {
    if (ours.has(name)) continue;
    const value = lastOf(raw[name]);
    if (value === undefined) continue;
    const text = utf8Of(value) ?? value.toString("base64");
    headers[name] = isJson.has(name) ? (jsonOf(text) ?? text) : text;
  }
  return headers;
}

function jsonOf(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** Of a header that is there several times the last counts. */
function lastOf(value: RawHeaders[string]): Buffer | undefined {
  const one = Array.isArray(value) ? value.at(-1) : value;
  if (one === undefined || one === null) return undefined;
  return typeof one === "string" ? Buffer.from(one) : one;
}

function textOf(value: RawHeaders[string]): string | undefined {
  const bytes = lastOf(value);
  const text = bytes && utf8Of(bytes);
  return text === "" ? undefined : text;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function utf8Of(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  if (!text.includes("\ufffd")) return text;
  // The sign for what is no text may also stand there as it is.
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
