import type { Contract } from "../codegen.js";
import { type Clock, systemClock } from "../core/clock.js";
import { type Duration, durationMs } from "../core/duration.js";
import { TerminalError } from "../core/errors.js";
import { createProblemReporter, type ProblemOptions } from "../core/problems.js";
import type { Inbox, InboxAdmin } from "../messaging/inbox.js";
import { createMemoryInbox } from "../messaging/memory-inbox.js";
import type { Endpoint, Transport } from "../messaging/transport.js";
import { listen } from "./listener.js";
import type { MessageProcessorOptions } from "./message-processor.js";
import { routesOf } from "./route.js";

/** How often and when a message without a requester is tried again after its handler has thrown. */
export interface HandlerRetry {
  /** Deliveries in all, before the message is set aside. @default 5 */
  readonly attempts?: number;
  /** Pause before the second attempt; it doubles from try to try, with jitter. @default "200ms" */
  readonly backoff?: Duration | number;
  /** @default "30s" */
  readonly maxBackoff?: Duration | number;
}

export interface ListenOptions extends ProblemOptions {
  /** Messages handled at the same time, for each address. @default 64 */
  readonly prefetch?: number;
  /** Values of address parameters. */
  readonly parameters?: { readonly [name: string]: string };
  /** Addresses of operations whose document leaves them open (`address: null`), by the operation's name. */
  readonly addresses?: { readonly [operation: string]: string };
  readonly retry?: HandlerRetry;
  /**
   * What has been executed, and how it was answered. Kept over restarts only in a database.
   * @default in memory, the newest 100,000
   */
  readonly inbox?: Inbox & Partial<InboxAdmin>;
  /** A crashed execution is taken over after this time; a running one renews its claim. @default "5s" */
  readonly lease?: Duration | number;
  /** A handler that has not ended by then counts as failed, and its signal is aborted. @default "1m" */
  readonly handlerTimeout?: Duration | number;
  /**
   * How long the inbox remembers. Older messages are set aside as `stale` and not executed; what it has of them is deleted,
   * 500 at a time. Servers that share an inbox need the same. @default "7d"
   */
  readonly retention?: Duration | number;
  /** How long `close` waits for running handlers before it aborts their signals. @default "10s" */
  readonly drain?: Duration | number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

export interface ServeOptions extends ListenOptions {
  /** Processes of one group share the messages. @default the contract's service */
  readonly group?: string;
}

export interface SubscribeOptions extends ListenOptions {
  /** Processes of one group share the messages; with `null` every process gets all of them. */
  readonly group: string | null;
}

/** Handlers at work. */
export interface Server extends AsyncDisposable {
  /** Takes no more messages, lets running handlers end (see {@link ListenOptions.drain}), then gives up the rest. */
  close(): Promise<void>;
}

/**
 * The end that answers. Every message is checked, executed once, and answered with what the handler returns, or with the
 * failure it throws: `throw fail(...)` for a declared one, `TerminalError` where trying again will not help. Any other
 * error is answered as retryable; a message without a requester is tried again and then set aside. Invalid messages are
 * set aside with the reason and reach no handler.
 * @throws SagaspecError `invalid-usage` when a handler or an address parameter is missing.
 * @example const server = await serve(restaurant, handlers, transport);
 */
export function serve<Handlers extends object>(
  contract: Contract<unknown, Handlers>,
  handlers: NoInfer<Handlers>,
  transport: Transport,
  options: ServeOptions = {},
): Promise<Server> {
  return start(contract, handlers, transport, { ...options, partial: false, group: options.group });
}

/**
 * The end that listens: any of the handlers, nested where an operation has several messages. A handler that throws is
 * tried again. Address parameters that are not given stay open, where the protocol has patterns.
 * @example
 * await subscribe(restaurantEvents, { ticketProgress: { ticketReady: ring } }, transport, { group: "waiters" });
 */
export function subscribe<Handlers extends object>(
  contract: Contract<unknown, Handlers>,
  handlers: NoInfer<Some<Handlers>>,
  transport: Transport,
  options: SubscribeOptions,
): Promise<Server> {
  return start(contract, handlers, transport, { ...options, partial: true });
}

/** Any of the handlers. */
export type Some<T> = { [K in keyof T]?: T[K] extends (...args: never) => unknown ? T[K] : Some<T[K]> };

async function start(
  contract: Contract<unknown, unknown>,
  handlers: object,
  transport: Transport,
  options: ListenOptions & { readonly partial: boolean; readonly group: string | null | undefined },
): Promise<Server> {
  const { group, partial, parameters = {}, addresses } = options;
  const isOpen = (endpoint: Endpoint) => partial || transport.opensParameters?.(endpoint) === true;
  const routes = routesOf(contract, handlers, { group, parameters, partial, isOpen, ...(addresses && { addresses }) });
  const participant = participantOptions(options, contract.$contract.service);
  const listener = await listen(transport, routes, {
    ...participant,
    prefetch: options.prefetch ?? 64,
    drainMs: durationMs(options.drain ?? "10s"),
    isInboxVolatile: options.inbox === undefined && transport.traits.durable,
  });
  const close = () => listener.close();
  return { close, [Symbol.asyncDispose]: close };
}

function participantOptions(options: ListenOptions, service: string): Omit<MessageProcessorOptions, "clocks"> {
  const { retry = {}, clock = systemClock } = options;
  return {
    clock,
    inbox: options.inbox ?? createMemoryInbox({ clock }),
    leaseMs: durationMs(options.lease ?? "5s"),
    handlerTimeoutMs: durationMs(options.handlerTimeout ?? "1m"),
    retentionMs: durationMs(options.retention ?? "7d"),
    attempts: retry.attempts ?? 5,
    backoffMs: durationMs(retry.backoff ?? "200ms"),
    maxBackoffMs: durationMs(retry.maxBackoff ?? "30s"),
    report: createProblemReporter(options, { service }),
  };
}
/**
 * The body of a handler that is not written yet. Its callers get a failure that is never retried.
 * @throws TerminalError `not-implemented`, always
 * @example createTicket: () => notImplemented("restaurant.createTicket"),
 */
export function notImplemented(operation: string): never {
  throw new TerminalError(`${operation}: it is not implemented; write its handler`, { code: "not-implemented" });
}
