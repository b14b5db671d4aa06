/** AMQP properties to message, and back. */
import type { Json } from "../../codegen.js";
import type { Incoming, Message, Outgoing } from "../../messaging/transport.js";
import { amqpBinding } from "./bindings.js";
import type { AmqpMessage, PublishProperties, Table } from "./driver.js";

/** Header with the time after which nobody acts on a message, in milliseconds since 1970: AMQP's own expiry is relative. */
export const expiresAtHeader = "expires-at";
/** How often a message was delivered before it came by way of a retry queue. */
export const deliveriesHeader = "x-deliveries";
/** The routing key a message had before it went through a retry queue. */
export const routingKeyHeader = "x-routing-key";

// What brokers and this transport write for themselves.
const bookkeeping = new Set([
  deliveriesHeader,
  routingKeyHeader,
  "x-delivery-count",
  "x-death",
  "x-first-death-exchange",
  "x-first-death-queue",
  "x-first-death-reason",
  "CC",
]);

/** Properties of a message on its first way out. `expiration` is left to the moment of writing. */
export function propertiesOf(message: Outgoing, appId: string | undefined): PublishProperties {
  const endpoint = "reply" in message.to ? undefined : message.to;
  const binding = amqpBinding(endpoint?.bindings);
  const sender = appId ?? (endpoint?.action === "send" ? endpoint.service : undefined);
  const replyTo = message.replyTo ?? binding.replyTo;
  return {
    messageId: message.id,
    type: message.type,
    contentType: message.contentType,
    timestamp: Math.floor(message.sentAt / 1_000),
    deliveryMode: binding.deliveryMode ?? 2,
    mandatory: binding.mandatory ?? true,
    headers:
      message.expiresAt === undefined ? message.headers : { [expiresAtHeader]: message.expiresAt, ...message.headers },
    ...(message.correlationId !== undefined && { correlationId: message.correlationId }),
    ...(replyTo !== undefined && { replyTo }),
    ...(sender !== undefined && { appId: sender }),
    ...(binding.priority !== undefined && { priority: binding.priority }),
    ...(binding.userId !== undefined && { userId: binding.userId }),
    ...(binding.contentEncoding !== undefined && { contentEncoding: binding.contentEncoding }),
    ...(binding.cc !== undefined && { CC: [...binding.cc] }),
    ...(binding.bcc !== undefined && { BCC: [...binding.bcc] }),
  };
}

/** When the broker may forget the message: its own deadline, or the binding's, whichever comes first. */
export function deadlineOf(message: Outgoing): number | undefined {
  const endpoint = "reply" in message.to ? undefined : message.to;
  const { expiration } = amqpBinding(endpoint?.bindings);
  if (expiration === undefined) return message.expiresAt;
  return Math.min(message.expiresAt ?? Number.POSITIVE_INFINITY, Date.now() + expiration);
}

/** Properties of a delivery that is published again, elsewhere. */
export function propertiesAgain(raw: AmqpMessage, id: string, added: Table): PublishProperties {
  const { properties } = raw;
  const headers: { [key: string]: unknown } = { ...properties.headers, ...added };
  for (const name of ["CC", "BCC", "x-delivery-count"]) delete headers[name];
  return {
    deliveryMode: 2,
    mandatory: true,
    messageId: id,
    headers,
    ...(typeof properties.type === "string" && { type: properties.type }),
    ...(typeof properties.contentType === "string" && { contentType: properties.contentType }),
    ...(typeof properties.contentEncoding === "string" && { contentEncoding: properties.contentEncoding }),
    ...(typeof properties.correlationId === "string" && { correlationId: properties.correlationId }),
    ...(typeof properties.replyTo === "string" && { replyTo: properties.replyTo }),
    ...(typeof properties.appId === "string" && { appId: properties.appId }),
    ...(typeof properties.timestamp === "number" && { timestamp: properties.timestamp }),
    ...(typeof properties.priority === "number" && { priority: properties.priority }),
  };
}

/** A delivery without its `settle`. `position` stands for the id where the sender gave none. */
export function readMessage(raw: AmqpMessage, position: string): Omit<Incoming, "settle"> {
  const { properties, fields } = raw;
  const table = properties.headers ?? {};
  const before = asNumber(table[deliveriesHeader]) ?? 0;
  const redeliveries = asNumber(table["x-delivery-count"]) ?? (fields.redelivered ? 1 : 0);
  const expiresAt = asTime(table[expiresAtHeader]);
  const correlationId = asString(properties.correlationId);
  const replyTo = asString(properties.replyTo);
  const id = asString(properties.messageId);
  return {
    id: id ?? position,
    type: asString(properties.type) ?? "",
    body: raw.content,
    contentType: asString(properties.contentType) ?? "",
    headers: headersOf(table, replyTo),
    sentAt: (asNumber(properties.timestamp) ?? Math.floor(Date.now() / 1_000)) * 1_000,
    deliveries: before + redeliveries + 1,
    address: asString(table[routingKeyHeader]) ?? fields.routingKey,
    ...(id === undefined && { position }),
    ...(correlationId !== undefined && { correlationId }),
    ...(replyTo !== undefined && { replyTo }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

// The broker writes the address of a direct reply into the property only; a header still has the general name.
const directReplyTo = "amq.rabbitmq.reply-to";

function headersOf(table: Table, replyTo: string | undefined): Message["headers"] {
  const headers: { [name: string]: Json } = {};
  for (const name in table) {
    if (bookkeeping.has(name)) continue;
    const value = asJson(table[name]);
    headers[name] = value === directReplyTo && replyTo?.startsWith(directReplyTo) ? replyTo : value;
  }
  return headers;
}

// Besides JSON's own types a table may hold bytes, timestamps (seconds) and decimals, the last two tagged with "!".
function asJson(value: unknown): Json {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.map(asJson);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if ("!" in value && "value" in value) return asTagged(value.value);
  return headersOfTable(value);
}

function asTagged(value: unknown): Json {
  if (typeof value !== "object" || value === null || !("places" in value && "digits" in value)) return asJson(value);
  return Number(value.digits) / 10 ** Number(value.places);
}

function headersOfTable(table: object): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, asJson(value)]));
}

function asString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function asTime(value: unknown): number | undefined {
  const time = typeof value === "string" ? (/^\d+$/.test(value) ? Number(value) : Date.parse(value)) : asNumber(value);
  return time === undefined || Number.isNaN(time) ? undefined : time;
}
