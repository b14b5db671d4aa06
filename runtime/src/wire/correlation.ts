import { createHash } from "node:crypto";
import type { Json } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { wireName } from "./match-message.js";
import type { Incoming, Message, Outgoing } from "./message.js";
import {
  type Content,
  type Draft,
  formatOf,
  type MessageFormat,
  readLocation,
  writeLocation,
} from "./message-format.js";
import { planOf } from "./operation-plan.js";
import type { AnyRequest } from "./operations.js";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// The namespace of our name-based UUIDs (RFC 9562, section 5.5): made once, at random, and never to change.
const namespace = Buffer.from("2f6c1f7e0f0b4b8b9d3a5b1c7e94d062", "hex");

/** The UUIDv5 of a text: the same text gives the same UUID, everywhere. */
export function uuidv5(text: string): string {
  const hash = createHash("sha1").update(namespace).update(text).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A correlation id in the form that its place in the contract asks for. An id that has the form already stays as it is;
 * else a UUID or an integer is derived, always the same one for the same id.
 */
export function correlationValue(
  schema: { readonly [keyword: string]: unknown } | undefined,
  correlationId: string,
): Json {
  if (!schema) return correlationId;
  const types = [schema.type].flat();
  if (!types.includes("string") && (types.includes("integer") || types.includes("number"))) {
    const number = Number(correlationId);
    return Number.isSafeInteger(number) ? number : numberFor(schema, correlationId);
  }
  if (schema.format === "uuid") return uuidShape.test(correlationId) ? correlationId : uuidv5(correlationId);
  return correlationId;
}

function numberFor(schema: { readonly [keyword: string]: unknown }, text: string): number {
  const low = typeof schema.minimum === "number" ? Math.ceil(schema.minimum) : 0;
  const largest = schema.format === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const high = typeof schema.maximum === "number" ? Math.min(Math.floor(schema.maximum), largest) : largest;
  const hash = createHash("sha1").update(text).digest().readUIntBE(0, 6);
  return low + (hash % Math.max(1, high - low + 1));
}
/**
 * What stands in the place that the contract declares for a request's correlation id: what the content has there
 * already, else what is made of `correlationId`. Undefined where the contract declares none.
 */
export function declaredCorrelation(request: AnyRequest, content: Content, correlationId: string): string | undefined {
  const { correlation, correlationSchema } = planOf(request).format;
  if (!correlation) return undefined;
  return String(readLocation(content, correlation) ?? correlationValue(correlationSchema, correlationId));
}

/** What may tie a message to a request of which it could be the reply: what stands in declared places, then the protocol's. */
export function correlationsOf(request: AnyRequest, message: Message): readonly string[] {
  const name = wireName(message);
  const { success, failure = {} } = request.reply;
  const formats = [...success, ...Object.values(failure)].map(formatOf);
  const named = formats.filter(({ names }) => names.includes(name));
  // What the contract does not know is an answer all the same: whoever asked is told that it is invalid.
  const declared = (named.length > 0 ? named : formats).map((format) => correlationIn(format, message));
  return [...new Set([...declared, message.correlationId])].filter((id) => id !== undefined);
}

/** Writes a correlation id in its declared place, if there is one, in the form that the place asks for. */
export function writeCorrelation(format: MessageFormat, draft: Draft, correlationId: string): void {
  if (!format.correlation) return;
  writeLocation(draft, format.correlation, correlationValue(format.correlationSchema, correlationId));
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
  if (format.correlation.part === "headers") return readLocation({ headers, payload: null }, format.correlation);
  try {
    return readLocation({ headers, payload: format.decode(message.body, format.message.name) }, format.correlation);
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

/** The ids under which a reply may come back: the protocol's, and the one in the declared place if it differs. */
export function correlationIds(operation: AnyRequest, { correlationId }: Outgoing): readonly string[] {
  const id = correlationId as string;
  const { format } = planOf(operation);
  if (!format.correlation) return [id];
  const declared = String(correlationValue(format.correlationSchema, id));
  return declared === id ? [id] : [id, declared];
}
