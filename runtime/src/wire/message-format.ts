import type { Json, Message } from "../codegen.js";
import { type Validator, validatorFor } from "../contract/schema.js";
import { approximate, type Conversion, conversionOf, toWire } from "../contract/schema-conversion.js";
import { messageOf, SagaspecError } from "../core/errors.js";
import { type Codec, codecFor, losslessJson, nothing } from "./codec.js";
import { type MessageLocation, parseExpression, readPath, schemaAt, writePath } from "./expression.js";

/** The header in which a requester says that it understands the standard failure. */
export const acceptFailureHeader = "accept-failure";
/** The header that marks a standard failure, with its kind. */
export const failureHeader = "sagaspec-failure";
/** The header of an undo: the message id of the command that it undoes. */
export const undoesHeader = "undoes";

/** The header with the id of the saga that sends a command. */
export const sagaIdHeader = "saga-id";

// Headers that travel with a message without being its contract's: a strict schema does not see them.
const infrastructure = new Set([
  acceptFailureHeader,
  failureHeader,
  undoesHeader,
  "baggage",
  "correlation-id",
  "expires-at",
  "message-id",
  "message-type",
  "reply-to",
  sagaIdHeader,
  "saga-step",
  "traceparent",
  "tracestate",
]);

/** A message in the making: the headers are its own, and may be written to. */
export interface Draft {
  headers: { [name: string]: Json };
  payload: unknown;
}

/** Headers and payload of a message, before encoding or after decoding. */
export interface Content {
  readonly headers: { readonly [name: string]: Json };
  readonly payload: unknown;
}

/** All there is to know of a message of a contract, worked out once. */
export class MessageFormat {
  readonly message: Message<unknown, unknown>;
  readonly contentType: string;
  readonly codec: Codec;
  readonly correlation: MessageLocation | undefined;
  /** Schema of the correlation id, where it can be told. */
  readonly correlationSchema: { readonly [keyword: string]: unknown } | undefined;
  /** Names by which the message goes on the wire. */
  readonly names: readonly string[];
  /** The one that we write: the binding's, where there is one. */
  readonly wireName: string;

  readonly #conversion: Conversion | undefined;

  constructor(message: Message<unknown, unknown>) {
    this.message = message;
    this.contentType = message.contentType ?? "application/json";
    const codec = codecFor(this.contentType);
    // Text and bytes need no schema; JSON without one is an empty body.
    const empty = message.payload === undefined && codec.kind === "json";
    this.#conversion = message.payload && codec.kind === "json" ? conversionOf(message.payload) : undefined;
    this.codec = empty ? nothing : this.#conversion?.hasBigInt ? losslessJson : codec;
    this.correlation = message.correlationId === undefined ? undefined : parseExpression(message.correlationId);
    this.correlationSchema = this.correlation && this.#schemaAt(this.correlation);
    const messageType = message.bindings?.amqp?.messageType;
    this.wireName = typeof messageType === "string" ? messageType : message.name;
    this.names = [...new Set([message.name, this.wireName])];
  }

  /** What travels for a payload of the program. */
  toWire(payload: unknown): unknown {
    return this.#conversion ? toWire(payload) : payload;
  }

  /** What the program is given for a payload that has arrived and is valid. */
  fromWire(payload: unknown): unknown {
    return this.#conversion ? this.#conversion.fromWire(payload) : payload;
  }

  /** @throws SagaspecError `invalid-message` that says where the content breaks the contract. */
  assert({ headers, payload }: Content, subject: string, direction: "outgoing" | "incoming"): void {
    try {
      const validator = this.#payload;
      const judged = this.#judged(payload);
      if (validator && !validator.check(judged)) this.#refuse(validator, judged, subject, `${direction} payload`);
      const declared = this.#headers;
      if (!declared) return;
      const visible = this.#visible(headers);
      if (!declared.check(visible)) this.#refuse(declared, visible, subject, `${direction} header`);
    } catch (cause) {
      if (cause instanceof SagaspecError) throw cause;
      // Nested more deeply than the stack: whoever sent it must not stop whoever checks it.
      const text = `${subject}: the ${direction} "${this.message.name}" cannot be checked (${messageOf(cause)})`;
      throw new SagaspecError("invalid-message", `${text}; nest it less deeply`, { cause });
    }
  }

  /** Whether the contract allows the payload. */
  accepts(payload: unknown): boolean {
    try {
      return this.#payload?.check(payload) ?? true;
    } catch {
      // Nested more deeply than the stack.
      return false;
    }
  }

  /** @throws SagaspecError `invalid-message` when the payload is none of this content type. */
  encode(payload: unknown, subject: string): Uint8Array {
    try {
      return this.codec.encode(payload);
    } catch (cause) {
      const what = `the outgoing payload of "${this.message.name}" cannot be written as ${this.contentType}`;
      const text = `${subject}: ${what} (${messageOf(cause)}); pass a value of the declared type`;
      throw new SagaspecError("invalid-message", text, { cause });
    }
  }

  /** @throws SagaspecError `invalid-message` when the body is not of this content type. */
  decode(body: Uint8Array, subject: string): unknown {
    try {
      return this.codec.decode(body);
    } catch (cause) {
      const what = `the incoming payload of "${this.message.name}" is not ${this.contentType}`;
      const text = `${subject}: ${what} (${messageOf(cause)}); correct the sender`;
      throw new SagaspecError("invalid-message", text, { cause });
    }
  }

  #schemaAt(place: MessageLocation): { readonly [keyword: string]: unknown } | undefined {
    return schemaAt(place.part === "headers" ? this.message.headers : this.message.payload, place.path);
  }

  #judged(payload: unknown): unknown {
    return this.#conversion?.hasBigInt ? approximate(payload) : payload;
  }

  get #payload(): Validator | undefined {
    const { payload } = this.message;
    return payload === undefined || this.codec.kind === "bytes" ? undefined : validatorFor(payload);
  }

  get #headers(): Validator | undefined {
    return this.message.headers === undefined ? undefined : validatorFor(this.message.headers);
  }

  #visible(headers: Content["headers"]): Content["headers"] {
    const declared = (this.message.headers?.properties ?? {}) as object;
    const hidden = (name: string) => infrastructure.has(name) && !Object.hasOwn(declared, name);
    const names = Object.keys(headers);
    if (!names.some(hidden)) return headers;
    return Object.fromEntries(names.filter((name) => !hidden(name)).map((name) => [name, headers[name] as Json]));
  }

  #refuse(validator: Validator, value: unknown, subject: string, part: string): never {
    const { pointer, value: shown, reason } = validator.explain(value);
    const where = pointer === "" ? "" : ` at ${pointer}`;
    const text = `${subject}: the ${part} of "${this.message.name}" is ${shown}${where}, which ${reason}`;
    const hint = part.startsWith("outgoing") ? "correct the value" : "correct the sender, or the contract";
    throw new SagaspecError("invalid-message", `${text}; ${hint}`);
  }
}

const formats = new WeakMap<object, MessageFormat>();

export function formatOf(message: Message<unknown, unknown>): MessageFormat {
  let format = formats.get(message);
  if (!format) {
    format = new MessageFormat(message);
    formats.set(message, format);
  }
  return format;
}

/** The value at a place of a message; undefined and null both mean that there is none. */
export function readLocation(content: Content, place: MessageLocation): unknown {
  return readPath(content[place.part], place.path) ?? undefined;
}

/** Writes a value at a place. The payload is the caller's: it is copied where it changes. */
export function writeLocation(draft: Draft, place: MessageLocation, value: Json): void {
  const [name] = place.path;
  if (place.part === "headers" && name !== undefined && place.path.length === 1) draft.headers[name] = value;
  else if (place.part === "headers") draft.headers = writePath(draft.headers, place.path, value) as Draft["headers"];
  else draft.payload = writePath(draft.payload, place.path, value);
}
