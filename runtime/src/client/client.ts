import type { Contract } from "../codegen.js";
import { type Clock, systemClock } from "../core/clock.js";
import { type Duration, durationMs } from "../core/duration.js";
import { SagaspecError } from "../core/errors.js";
import { createProblemReporter, guarded, type ProblemOptions } from "../core/problems.js";
import { withTimeout } from "../core/timing.js";
import type { Outbox } from "../messaging/outbox.js";
import { type OutboxRelay, relayOf } from "../messaging/outbox-relay.js";
import { isRefused, refusedError, senderOf, unconfirmed, unroutable } from "../messaging/sender.js";
import type { Incoming, Transport } from "../messaging/transport.js";
import { encodeMessage } from "../wire/message-writer.js";
import { planOf, requireEndpoint } from "../wire/operation-plan.js";
import { isCommand, type Located, namedValue, operationsOf } from "../wire/operations.js";
import { type CallOptions, metaOf, Requester } from "./requester.js";

export interface ClientOptions extends ProblemOptions {
  /** Who asks: names the queue or topic of the replies. @default the contract's service */
  readonly name?: string;
  /** Timeout of requests for which neither call nor contract says one. @default "30s" */
  readonly timeout?: Duration | number;
  /** Sees replies that nobody waits for any more: late, duplicate or foreign ones. */
  readonly onLateReply?: (reply: Incoming) => void;
  /** Addresses of operations whose document leaves them open (`address: null`), by the operation's name. */
  readonly addresses?: { readonly [operation: string]: string };
  /**
   * Of the store whose database you write to: what is sent with `{ tx }` is kept there, in your transaction. A client with
   * an outbox also sends what other processes have left in it. @default none
   */
  readonly outbox?: Outbox;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

type Method = (payload?: unknown, options?: CallOptions & { readonly tx?: unknown }) => Promise<unknown>;

/**
 * The end that starts: a service's callers, or the service itself for its events. Every method checks the payload
 * before it is sent and the reply before it is returned, and ends: with the reply, or with an error
 * - `RequestFailed`, the failure that the service declares (see {@link isFailure}),
 * - `SagaspecError` with code `timeout`, `remote-error`, `invalid-message`, `invalid-reply`, `unroutable`,
 *   `transport-unavailable` or `transport-closed`,
 * - the reason of the `signal` that was aborted.
 *
 * Replies arrive by a subscription that is made with the first request. It ends with the transport, or before it with
 * `await client[Symbol.asyncDispose]()`: whoever makes clients for a while disposes of each, since a broker has only so
 * many queues and channels for one connection.
 * @example
 * const kitchen = createClient(restaurant, transport);
 * const { ticketId } = await kitchen.createTicket(order, { timeout: "2s" });
 */
export function createClient<Client>(
  contract: Contract<Client, unknown>,
  transport: Transport,
  options: ClientOptions = {},
): Client & AsyncDisposable {
  const operations = operationsOf(contract);
  const clock = options.clock ?? systemClock;
  const { service } = contract.$contract;
  const report = createProblemReporter(options, { service });
  const requester = new Requester(transport, operations, {
    name: options.name ?? service,
    timeoutMs: durationMs(options.timeout ?? "30s"),
    clock,
    onLateReply: guarded("onLateReply", options.onLateReply ?? (() => {}), report),
  });
  transport.check?.(
    operations.flatMap((located) => {
      const plan = planOf(located.operation);
      const address = namedValue(options.addresses, located);
      return plan.endpoint || address !== undefined ? [requireEndpoint(plan, address)] : [];
    }),
  );
  const { outbox } = options;
  const kept = outbox && { outbox, relay: relayOf(outbox, transport, clock, report) };
  const client: { [name: string]: unknown } = {};
  for (const located of operations) {
    const method = methodOf(located, transport, requester, clock, kept);
    place(client, located, addressed(method, namedValue(options.addresses, located)));
  }
  // Not one of the operations, whatever they are called.
  Object.defineProperty(client, Symbol.asyncDispose, {
    value: async () => {
      await Promise.all([requester.close(), kept?.relay.stop()]);
    },
  });
  return client as Client & AsyncDisposable;
}

function addressed(method: Method, address: string | undefined): Method {
  if (address === undefined) return method;
  return (payload, options) => method(payload, { address, ...options });
}

interface KeptMessages {
  readonly outbox: Outbox;
  readonly relay: OutboxRelay;
}

function methodOf(
  { operation }: Located,
  transport: Transport,
  requester: Requester,
  clock: Clock,
  kept: KeptMessages | undefined,
): Method {
  if (operation.kind === "request") {
    return async (payload, options) => {
      if (options?.tx !== undefined)
        throw noTransaction(`${operation.id}: a request`, "start a saga, or send an event");
      return requester.request(operation, payload, options);
    };
  }
  const send = senderOf(transport);
  const sendNow = async (payload: unknown, options: CallOptions | undefined) => {
    options?.signal?.throwIfAborted();
    const message = encodeMessage(operation, payload, metaOf(options, clock.now()));
    const sent = await withTimeout(send(message), { clock, signal: options?.signal });
    // An event nobody subscribes to is not an error.
    if (sent === "unroutable" && isCommand(operation)) throw unroutable(operation.id, message);
    if (sent === "unknown") throw unconfirmed(operation.id);
    if (isRefused(sent)) throw refusedError(operation.id, sent);
    return undefined;
  };
  /** Throws at once: where the database is synchronous, the transaction would commit before a promise rejects. */
  function keep(payload: unknown, { tx, ...options }: CallOptions & { readonly tx?: unknown }): Promise<void> {
    options.signal?.throwIfAborted();
    if (!kept) {
      throw noTransaction(
        `${operation.id}: this client`,
        "pass createClient the `outbox` of the store that has the tables",
      );
    }
    const { outbox, relay } = kept;
    const added = outbox.add(tx, [encodeMessage(operation, payload, metaOf(options, clock.now()))]);
    return added instanceof Promise ? added.then(relay.expect) : Promise.resolve(relay.expect());
  }
  return (payload, options) => (options?.tx === undefined ? sendNow(payload, options) : keep(payload, options));
}

function noTransaction(who: string, hint: string): SagaspecError {
  return new SagaspecError("invalid-usage", `${who} cannot send in a transaction; ${hint}`);
}

function place(client: { [name: string]: unknown }, { path }: Located, method: Method): void {
  let group = client;
  for (const name of path.slice(0, -1)) {
    group[name] ??= {};
    group = group[name] as { [name: string]: unknown };
  }
  group[path[path.length - 1] as string] = method;
}
