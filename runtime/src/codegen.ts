/**
 * What generated files import, and nobody else: the shapes of the descriptors, and the types derived from them.
 * Types only, so that a generated file loads nothing. Behaviour lives in `createClient`, `serve`, `subscribe` and `saga`.
 */
import type { Duration } from "./duration.js";

export type { Duration };

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
  /** Kinds of security scheme that the server asks for, e.g. `"userPassword"`. */
  readonly security?: readonly string[];
}

/** A group of operations with one starting and one answering end. */
export interface Contract<C, H> {
  readonly $contract: {
    readonly service: string;
    readonly version: string;
    readonly servers?: { readonly [name: string]: Server };
    readonly "~client"?: C;
    readonly "~handlers"?: H;
  };
}

/** The methods of the end that starts. */
export type Client<C> = {
  [Op in keyof C as Op extends "$contract" ? never : Op]: C[Op] extends Request<
    infer Payload,
    infer R,
    infer _F,
    infer Parameters,
    infer Headers,
    infer Filled
  >
    ? Method<Given<Payload, "payload", Filled>, R, RequestOptions, Parameters, Given<Headers, "header", Filled>>
    : C[Op] extends Send<infer Payload, infer Parameters, infer Headers>
      ? Method<Payload, void, SendOptions, Parameters, Headers>
      : Client<C[Op]>;
};

type Method<Payload, R, Options, Parameters, Headers> = keyof Parameters extends never
  ? keyof Headers extends never
    ? (...args: PayloadArgument<Payload, [options?: Options]>) => Promise<R>
    : (...args: PayloadArgument<Payload, HeaderArgument<Options, Headers>>) => Promise<R>
  : (
      ...args: PayloadArgument<
        Payload,
        None extends Parameters
          ? HeaderArgument<Options & { readonly parameters?: Parameters }, Headers>
          : [options: Options & { readonly parameters: Parameters } & HeaderOption<Headers>]
      >
    ) => Promise<R>;

/** What a caller gives of a part of a message: the places that the runtime fills may be left out. */
export type Given<Whole, Part extends string, Filled extends string> = [string] extends [Filled]
  ? Whole
  : Whole extends unknown
    ? Without<Whole, Extract<keyof Whole, Filled extends `${Part}#/${infer Name}` ? Name : never>>
    : never;

type Without<Whole, Names extends keyof Whole> = [Names] extends [never]
  ? Whole
  : Omit<Whole, Names> & Partial<Pick<Whole, Names>>;

// A message without payload takes `undefined` in its place, which may be left out where nothing follows.
// biome-ignore lint/suspicious/noConfusingVoidType: `void` is how generated code says that there is no payload
type PayloadArgument<Payload, Rest extends unknown[]> = [Payload] extends [void]
  ? Rest extends [unknown, ...unknown[]]
    ? [payload: undefined, ...Rest]
    : [payload?: undefined, ...rest: Rest]
  : [payload: Payload, ...rest: Rest];

type HeaderOption<Headers> = keyof Headers extends never
  ? unknown
  : None extends Headers
    ? { readonly headers?: Headers & Record<string, Json> }
    : { readonly headers: Headers & Record<string, Json> };

type HeaderArgument<Options, Headers> = None extends Headers
  ? [options?: Options & HeaderOption<Headers>]
  : [options: Options & HeaderOption<Headers>];

/** The functions of the end that answers. Properties, not methods: their parameters are checked strictly. */
export type Handlers<C> = {
  [Op in keyof C as Op extends "$contract" ? never : Op]: C[Op] extends Request<
    infer Payload,
    infer R,
    infer F,
    infer Parameters,
    infer Headers
  >
    ? (payload: Payload, context: RequestContext<F, Parameters, Headers>) => R | Promise<R>
    : C[Op] extends Send<infer Payload, infer Parameters, infer Headers>
      ? (payload: Payload, context: MessageContext<Parameters, Headers>) => void | Promise<void>
      : Handlers<C[Op]>;
};

/** Options of every message that a client sends. */
export interface SendOptions {
  /** Gives up: the returned promise rejects with the signal's reason. A message already sent is not taken back. */
  readonly signal?: AbortSignal;
  readonly headers?: { readonly [name: string]: Json };
  /** @default a new UUIDv7 */
  readonly messageId?: string;
  /** Where to send it, for a channel whose address is known only at run time. @default the client's `addresses` */
  readonly address?: string;
}

/** Options of a request. */
export interface RequestOptions extends SendOptions {
  /** @default the contract's `x-timeout`, else `"30s"` */
  readonly timeout?: Duration | number;
}

/** What a handler knows of the message beside its payload. */
export interface MessageContext<Parameters = None, Headers = None> {
  readonly messageId: string;
  readonly headers: Headers & { readonly [name: string]: Json };
  readonly parameters: { readonly [Name in keyof Parameters]: Parameters[Name] };
  /** How often this message has been delivered, this time included. */
  readonly deliveries: number;
  /** Aborted when the requester's deadline has passed or the service stops. */
  readonly signal: AbortSignal;
  /**
   * Database work that commits together with the inbox's record of this message: after a crash both are there or neither,
   * and a duplicate is answered without the handler. What `work` returns is the answer; what it throws rolls back, and
   * the handler fails with it. `tx` is the connection: the client of a PostgreSQL store's pool, or the `database` of an
   * SQLite store, where `work` must be synchronous. Once a message, and short: it holds a connection.
   * @throws SagaspecError `invalid-usage` with an inbox that has no database; `conflict` when the message was undone, or
   * taken over by another process, meanwhile: nothing has happened
   * @example
   * createTicket: ({ orderId }, { transaction }) =>
   *   transaction(async (tx: PoolClient) => {
   *     const { rows } = await tx.query("insert into ticket (order_id) values ($1) returning id", [orderId]);
   *     return { ticketId: rows[0].id };
   *   }),
   */
  readonly transaction: <Tx, Result>(work: (tx: Tx) => Result | Promise<Result>) => Promise<Result>;
}

/** What the handler of a request knows beside the payload. */
export interface RequestContext<F extends Failures, Parameters = None, Headers = None>
  extends MessageContext<Parameters, Headers> {
  /** Makes a failure that the contract declares: `throw fail("ticketRefused", { reason: "closed" })`. */
  fail<Name extends keyof F & string>(name: Name, payload: F[Name]): Error;
}
