/** What a contract is in code: plain data that generated files spell out. */

/** A JSON value, as it travels. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON Schema (draft-07) of a value whose TypeScript type is `T`. Compiled once per process, on first use.
 * Schemas refer to each other as values; a schema that contains itself does so through `$ref` into its own `definitions`.
 */
export interface Schema<T> {
  readonly [keyword: string]: unknown;
  readonly "~type"?: T;
}

/** No members: an operation without failures, parameters or headers. */
export type None = Record<never, never>;

/** Protocol bindings as the document has them, by protocol name: `{ amqp: { ... }, kafka: { ... } }`. */
export type Bindings = { readonly [protocol: string]: { readonly [key: string]: unknown } };

/** A message: its name on the wire and the schemas of its parts. Without a payload schema the body is empty. */
export interface Message<Payload, Headers = None> {
  readonly name: string;
  readonly payload?: Schema<Payload>;
  readonly headers?: Schema<Headers>;
  /** @default "application/json" */
  readonly contentType?: string;
  /** Where the correlation id stands: a runtime expression. @default the protocol's own place */
  readonly correlationId?: string;
  readonly bindings?: Bindings;
}

/** A parameter of an address. */
export interface Parameter {
  readonly enum?: readonly string[];
  readonly default?: string;
  /** Runtime expression that fills it from the message. */
  readonly location?: string;
}

/** A channel. `address: null` means that it is known only at run time. */
export interface Channel {
  readonly address: string | null;
  readonly parameters?: { readonly [name: string]: Parameter };
  /** The servers that have it, in the order of the document. */
  readonly servers?: readonly Server[];
  readonly bindings?: Bindings;
}

/** Declared failures of a request: message name to payload. */
export type Failures = { readonly [message: string]: unknown };

/** How a request is answered. */
export interface Reply<R, F extends Failures> {
  /** Runtime expression of the reply address in the request. @default the protocol's own place */
  readonly address?: string;
  /** Where replies arrive, when the document fixes it. */
  readonly channel?: Channel;
  readonly success: readonly Message<unknown>[];
  /** What several success messages are called in {@link OneOf}, in their order. @default their names on the wire */
  readonly names?: readonly string[];
  readonly failure?: { readonly [Name in keyof F]: Message<F[Name]> };
  readonly "~reply"?: R;
}

/** A success reply that is one of several messages: message key to payload. */
export type OneOf<Messages> = {
  [Name in keyof Messages]: { readonly name: Name; readonly payload: Messages[Name] };
}[keyof Messages];

/**
 * An operation that is answered, with success or with a declared failure. `Filled` are the places that the runtime
 * fills, such as `"header#/correlationId"`: the caller may leave them out. `string` means that there are none.
 */
export interface Request<
  Payload,
  R,
  F extends Failures = None,
  Parameters = None,
  Headers = None,
  Filled extends string = string,
> {
  readonly kind: "request";
  /** `<service>.<operation>`: unique over the services of a system, and what a stored saga remembers. */
  readonly id: string;
  /** What the document's own service does: it receives a command, or sends an event. */
  readonly action: "receive" | "send";
  readonly channel: Channel;
  readonly message: Message<Payload, Headers>;
  readonly reply: Reply<R, F>;
  /** @default 30_000 */
  readonly timeoutMs?: number;
  /** The operation of the same contract that undoes this one, filled from the request's own fields. */
  readonly compensatedBy?: Request<unknown, unknown, Failures, unknown, unknown> | Send<unknown, unknown, unknown>;
  /** The key duplicates are recognised by: a runtime expression. @default the message id */
  readonly idempotencyKey?: string;
  readonly bindings?: Bindings;
  readonly "~parameters"?: Parameters;
  readonly "~filled"?: Filled;
}

/** An operation without an answer. */
export interface Send<Payload, Parameters = None, Headers = None> {
  readonly kind: "send";
  /** `<service>.<operation>`, with `.<message>` behind it where the operation has several. */
  readonly id: string;
  readonly action: "receive" | "send";
  readonly channel: Channel;
  readonly message: Message<Payload, Headers>;
  /** The key duplicates are recognised by: a runtime expression. @default the message id */
  readonly idempotencyKey?: string;
  readonly bindings?: Bindings;
  readonly "~parameters"?: Parameters;
}

/** Where the service can be reached, as the document says. Variables are filled from the connection's options. */
export interface Server {
  readonly host: string;
  readonly protocol: string;
  readonly pathname?: string;
  readonly variables?: { readonly [name: string]: { readonly default?: string; readonly enum?: readonly string[] } };
  /** Security schemes of which the server asks for one: kinds such as `"userPassword"`, with what has to be known of them. */
  readonly security?: readonly (string | SecurityScheme)[];
}

/** A security scheme of which the kind alone does not say how it is used. */
export interface SecurityScheme {
  /** `"httpApiKey"`, `"http"`, `"oauth2"`, ... */
  readonly type: string;
  /** Of the header, query parameter or cookie that takes the key. */
  readonly name?: string;
  readonly in?: string;
  /** Of `http`: `"basic"` or `"bearer"`. */
  readonly scheme?: string;
  /** Of OAuth 2.0 client credentials. */
  readonly tokenUrl?: string;
  readonly scopes?: readonly string[];
}

/** A group of operations with one starting and one answering end. `S` are the names of the document's servers. */
export interface Contract<C, H, S extends string = never> {
  readonly $contract: {
    readonly service: string;
    readonly version: string;
    readonly "~client"?: C;
    readonly "~handlers"?: H;
  } & Servers<S>;
}

type Servers<S extends string> = [S] extends [never]
  ? { readonly servers?: { readonly [name: string]: Server } }
  : { readonly servers: { readonly [Name in S]: Server } };
