/** The two ends of a contract, by its type: the methods of a client, and the handlers that answer. */

import type { Duration } from "../core/duration.js";
import type { Failures, Json, None, Request, Send } from "./descriptors.js";

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

type Method<Payload, R, Options, Parameters, Headers> = (
  ...args: MessageArguments<Payload, Options, Parameters, Headers>
) => Promise<R>;

/** What is given to send a message: its payload, and the parameters and headers that its contract asks for. */
export type MessageArguments<Payload, Options, Parameters, Headers> = keyof Parameters extends never
  ? PayloadArgument<Payload, keyof Headers extends never ? [options?: Options] : HeaderArgument<Options, Headers>>
  : PayloadArgument<
      Payload,
      None extends Parameters
        ? HeaderArgument<Options & { readonly parameters?: Parameters }, Headers>
        : [options: Options & { readonly parameters: Parameters } & HeaderOption<Headers>]
    >;

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
  /**
   * A transaction that you have begun in the database of the client's `outbox`: the message is kept in it, and sent once it
   * has committed. On SQLite it is the store's `database`, and the message is kept before the call returns.
   * @default sent at once
   */
  readonly tx?: unknown;
}

/** Options of a request. Its reply cannot be waited for in a transaction. */
export interface RequestOptions extends Omit<SendOptions, "tx"> {
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

/** A declared failure as a caller meets it: `name` tells which, and types `payload`. */
export type FailureOf<F extends Failures> = {
  [Name in keyof F & string]: { readonly name: Name; readonly payload: F[Name] };
}[keyof F & string];
