/** What HTTP has no place for travels in headers; typed headers are text there, and their names have no case. */
import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "../../codegen.js";
import type { AnyOperation } from "../../wire/operations.js";

/** Headers of messages. What a peer leaves out has a meaning all the same. */
export const names = {
  id: "message-id",
  type: "message-type",
  key: "idempotency-key",
  correlationId: "correlation-id",
  replyTo: "reply-to",
  /** Milliseconds since 1970 after which nobody acts on the message. */
  expiresAt: "expires-at",
  /** Milliseconds that the caller waits: clocks need not agree. */
  timeLeft: "connect-timeout-ms",
  /** Names of the headers that are JSON and no text. */
  json: "json-headers",
  /** Names that are not in lower case. */
  cased: "header-names",
} as const;

/** Headers of the connection, which no message may set. */
const framing: ReadonlySet<string> = new Set([
  ...["connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization"],
  ...["proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
]);
// No part of the message: what a handler must not see unless the contract names it.
const hidden: ReadonlySet<string> = new Set([
  ...framing,
  ...Object.values(names),
  ...["accept", "accept-encoding", "authorization", "content-encoding", "content-type", "cookie", "date"],
]);

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const plain = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/**
 * Adds a message's headers to those of a request or response. Gives what is wrong with them, if anything: a name that is
 * none, or one that is the connection's.
 */
export function writeHeaders(
  headers: { readonly [name: string]: Json },
  to: { [name: string]: string | number },
): string | undefined {
  const json: string[] = [];
  const cased: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!token.test(name)) return `"${name.slice(0, 100)}" is no name of a header`;
    if (framing.has(lower)) return `the header "${name}" belongs to the connection`;
    if (lower !== name) cased.push(name);
    if (typeof value === "string" && plain.test(value)) to[name] = value;
    else {
      to[name] = asciiJson(value);
      json.push(name);
    }
  }
  if (json.length > 0) to[names.json] = asciiJson(json);
  if (cased.length > 0) to[names.cased] = asciiJson(cased);
  return undefined;
}

/** JSON without a character that a header cannot carry. */
function asciiJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return (JSON.stringify(value) ?? "null").replace(/[^\x20-\x7e]/g, escaped);
}

/** The headers of a message: with the names and types that its contract declares, else as text under lower-case names. */
export function readHeaders(raw: IncomingHttpHeaders, declared: DeclaredHeaders): { [name: string]: Json } {
  const json = listOf(raw[names.json]);
  const cased = new Map(listOf(raw[names.cased]).map((name) => [name.toLowerCase(), name]));
  const headers: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(raw)) {
    const known = declared.get(name);
    if (value === undefined || (hidden.has(name) && !known)) continue;
    const shown = known?.name ?? cased.get(name) ?? name;
    const isJson = json.includes(shown) || json.includes(name);
    // A name of its own, even if it is `__proto__`.
    Object.defineProperty(headers, shown, {
      value: typeof value !== "string" ? value : isJson ? parsed(value) : typed(value, known?.schema),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return headers;
}

/** The text of a header of ours, whichever way it was written; undefined where it is missing or repeated. */
export function ownHeader(raw: IncomingHttpHeaders, name: string): string | undefined {
  const value = raw[name];
  if (typeof value !== "string") return undefined;
  const read = listOf(raw[names.json]).includes(name) ? parsed(value) : value;
  return typeof read === "string" ? read : undefined;
}

function listOf(value: string | string[] | undefined): readonly string[] {
  const list = typeof value === "string" ? parsed(value) : [];
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface HeaderSchema {
  readonly type?: unknown;
}

/** A text in the type that a schema asks for; what cannot be that stays text, and is refused by the schema. */
export function typed(text: string, schema: HeaderSchema | undefined): Json {
  const types = [schema?.type].flat();
  if (types[0] === undefined || types.includes("string")) return text;
  const value = parsed(text);
  return value === null && !types.includes("null") ? text : value;
}

/** Declared headers by their names in lower case. */
export type DeclaredHeaders = ReadonlyMap<string, { readonly name: string; readonly schema: HeaderSchema }>;

/** The headers that messages declare, in their schema or in their HTTP binding. */
export function declaredHeaders(schemas: readonly unknown[]): DeclaredHeaders {
  const declared = new Map<string, { name: string; schema: HeaderSchema }>();
  for (const schema of schemas) {
    const properties = (schema as { readonly properties?: object } | undefined)?.properties ?? {};
    for (const [name, one] of Object.entries(properties)) declared.set(name.toLowerCase(), { name, schema: one });
  }
  return declared;
}

/** Schemas of the headers of requests of these operations. */
export function requestHeaders(operations: readonly AnyOperation[]): DeclaredHeaders {
  return declaredHeaders(
    operations.flatMap(({ message, bindings }) => [
      bindings?.http?.headers,
      message.bindings?.http?.headers,
      message.headers,
    ]),
  );
}

/** Schemas of the headers of an operation's replies. */
export function replyHeaders(operation: AnyOperation): DeclaredHeaders {
  if (operation.kind !== "request") return declaredHeaders([]);
  const messages = [...operation.reply.success, ...Object.values(operation.reply.failure ?? {})];
  return declaredHeaders(messages.flatMap((message) => [message.bindings?.http?.headers, message.headers]));
}
