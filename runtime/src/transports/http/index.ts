/** HTTP: operations as requests, handlers and webhooks as a listener. On node:http, with no other library. */
import { type Clock, systemClock } from "../../core/clock.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import { createProblemReporter, type ProblemOptions } from "../../core/problems.js";
import type { Endpoint, Outgoing, SendResult, Source, Subscription, Transport } from "../../messaging/transport.js";
import { createCaller } from "./caller.js";
import type { HttpContext } from "./context.js";
import { createDeliveryQueue, type DeliveryQueue } from "./delivery-queue.js";
import { checkOperation, createListener, type EarlyAnswer, type RawRequest, type RequestListener } from "./listener.js";
import { createReplies } from "./replies.js";
import { createRouteTable, type HttpRoute, methodsOf, pathOf } from "./routes.js";
import { type HttpListenOptions, type OwnServer, startServer } from "./server.js";
import type { SignatureCheck } from "./signatures.js";
import type { HttpServerOptions } from "./target.js";

export type { Credentials } from "../../messaging/servers.js";
export type { EarlyAnswer, RawRequest, RequestListener } from "./listener.js";
export type { HttpListenOptions } from "./server.js";
export {
  githubSignature,
  type SignatureCheck,
  type SignatureOptions,
  type SignedRequest,
  standardWebhooks,
  stripeSignature,
} from "./signatures.js";
export type { Given, HttpServerOptions } from "./target.js";

export interface HttpTransportOptions extends ProblemOptions, HttpServerOptions {
  /** Servers of single services, in place of `server`, `variables` and `credentials`. */
  readonly servers?: { readonly [service: string]: HttpServerOptions };
  /** A server of the transport's own, from the first subscription on. @default none: mount {@link HttpTransport.listener} */
  readonly listen?: HttpListenOptions;
  /** In front of every address that is served, as the path in the document's server is. @default "" */
  readonly basePath?: string;
  /**
   * The one path to which all messages of a service go, whatever their channels are called: as webhooks do whose channels
   * name events. The message is told by its header or a constant.
   * @example paths: { stripe: "/hooks/stripe" }
   */
  readonly paths?: { readonly [service: string]: string };
  /** Who may call: checked over the bytes of the body, else answered 401. By service, or one for all. @default anybody */
  readonly signature?: SignatureCheck | { readonly [service: string]: SignatureCheck };
  /** Sees a request before it is routed, and may answer it: a sender that checks an address, for example. */
  readonly before?: (request: RawRequest) => EarlyAnswer | undefined | Promise<EarlyAnswer | undefined>;
  /** Longest body that is taken, as it travels and decompressed. @default 1_048_576 */
  readonly maxBodyBytes?: number;
  /** A body that comes more slowly is answered 408. @default "10s" */
  readonly bodyTimeout?: Duration | number;
  /** Requests that are served at the same time; more are answered 503. @default 1_000 */
  readonly maxRequests?: number;
  /** Longest wait for a handler's reply; then 504. @default "1m" */
  readonly answerTimeout?: Duration | number;
  /** Longest wait until a message without a reply is dealt with; then 503, and the sender repeats it. @default "5s" */
  readonly acceptTimeout?: Duration | number;
  /** Longest wait for a response where the message has no deadline. @default "30s" */
  readonly requestTimeout?: Duration | number;
  /** @default "5s" */
  readonly connectTimeout?: Duration | number;
  /** Connections to one server; further requests wait. @default 64 */
  readonly maxSockets?: number;
  /** Requests under way or waiting for a connection; more are refused. @default 10_000 */
  readonly maxWaiting?: number;
  /** How long an unused connection is kept: for less than servers usually do (5 s). @default "4s" */
  readonly keepAlive?: Duration | number;
  /** Longest response that is read, decompressed. @default 10_485_760 */
  readonly maxReplyBytes?: number;
  /** Longest wait that a server may ask for by `Retry-After`. @default "1m" */
  readonly retryAfterMax?: Duration | number;
  /** How `Idempotency-Key` is written: as the standard says, or as Stripe and others do. @default "quoted" */
  readonly idempotencyKey?: "quoted" | "bare";
  /** Longest wait for what is under way when a subscription stops or the transport closes. @default "30s" */
  readonly stopTimeout?: Duration | number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

export interface HttpTransport extends Transport {
  /**
   * Serves what is subscribed to. With `next`, as Express gives it, it passes on what is no route of its own.
   * @example createServer(transport.listener).listen(8080)
   */
  readonly listener: RequestListener;
  /** Where the server of its own listens; undefined before the first subscription, or without one. */
  url(): string | undefined;
}

const optionNames: readonly (keyof HttpTransportOptions)[] = [
  ...(["server", "variables", "credentials", "servers", "listen", "basePath", "paths", "signature", "before"] as const),
  ...(["maxBodyBytes", "bodyTimeout", "maxRequests", "answerTimeout", "acceptTimeout", "requestTimeout"] as const),
  ...(["connectTimeout", "maxSockets", "maxWaiting", "keepAlive", "maxReplyBytes", "retryAfterMax"] as const),
  ...(["idempotencyKey", "stopTimeout", "clock", "logger", "onProblem"] as const),
];

// Messages of one subscription that wait for a handler.
const queueCapacity = 10_000;
const retryAfterSeconds = 1;

/**
 * A transport over HTTP. A message is a request, and a reply the response to it. Nothing is kept: what was not answered
 * may or may not have happened, and is asked again with the same `Idempotency-Key`, the message's id.
 * - A refused or unresolved connection: the message was not sent.
 * - A status that the contract does not declare: 4xx is definite, 5xx unknown; redirects are not followed.
 * - A reset, a broken body, no answer in time: unknown.
 *
 * @throws SagaspecError `invalid-usage` for options that nobody knows
 * @example
 * const transport = createHttpTransport({ server: restaurant.$contract.servers.production, credentials: { token } });
 * const kitchen = createClient(restaurant, transport);
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  refuseUnknownOptions("createHttpTransport", options, optionNames);
  let closing: Promise<void> | undefined;
  const context = contextOf(options, () => closing !== undefined);
  const { clock, stopMs, report } = context;
  const replies = createReplies(clock, stopMs, report);
  const table = createRouteTable();
  const listener = createListener(context, table);
  const { servers = {}, paths = {}, basePath = "", listen } = options;
  const caller = createCaller({
    context,
    replies,
    serverFor: (service) => servers[service] ?? options,
    pathFor: (service) => paths[service],
  });
  const queues = new Map<string, { readonly queue: DeliveryQueue; readonly methods: HttpRoute["methods"] }>();
  const subscriptions = new Set<Subscription>();
  let server: Promise<OwnServer> | undefined;
  let url: string | undefined;

  function assertOpen(): void {
    if (closing !== undefined) {
      throw new SagaspecError("transport-closed", "http: the transport is closed; make another one");
    }
  }

  const pathAt = ({ service, address }: Endpoint) => pathOf(basePath, paths[service] ?? address);

  function subscribeTo(
    source: Endpoint & { readonly group?: string },
    prefetch: number,
    on: Parameters<Transport["subscribe"]>[2],
  ): Subscription {
    const path = pathAt(source);
    const methods = methodsOf(source.operations);
    // Members of a group share what comes to one place.
    const ids = source.operations?.map(({ id }) => id).join() ?? "";
    const key = source.group === undefined ? undefined : `${source.group}\n${path}\n${source.address}\n${ids}`;
    const known = key === undefined ? undefined : queues.get(key);
    if (known) return known.queue.subscribe(path, prefetch, on);
    const queue = createDeliveryQueue({
      clock,
      capacity: queueCapacity,
      stopMs,
      lasting: false,
      emptied() {
        table.remove(path, route);
        if (key !== undefined) queues.delete(key);
      },
    });
    const route: HttpRoute = { endpoint: source, queue, methods };
    table.add(path, route);
    if (key !== undefined) queues.set(key, { queue, methods });
    return queue.subscribe(path, prefetch, on);
  }

  async function close(): Promise<void> {
    const stopping = Array.from(subscriptions, (subscription) => subscription.stop());
    const own = await server?.catch(() => undefined);
    await Promise.allSettled([...stopping, own?.close(stopMs), caller.close(stopMs)]);
  }

  function send(message: Outgoing): Promise<SendResult> | SendResult {
    const { to } = message;
    if (!("reply" in to)) {
      // The reply to a request of which the contract fixes the channel.
      if (to.isForReplies) return listener.reply(undefined, message);
      return caller.send({ ...message, to });
    }
    return replies.has(to.reply) ? replies.deliver(to.reply, replyOf(message)) : listener.reply(to.reply, message);
  }

  return {
    traits: {
      durable: false,
      redelivers: false,
      expires: false,
      order: "none",
      knowsReceivers: true,
    },
    listener: (request, response, next) => listener.handle(request, response, next),
    url: () => url,
    opensParameters: () => true,
    check(endpoints) {
      for (const { operations = [] } of endpoints) for (const operation of operations) checkOperation(operation);
    },
    async prepare(sources) {
      assertOpen();
      return sources.flatMap((source) => {
        if ("repliesOf" in source || source.isForReplies) return [];
        return [...methodsOf(source.operations).keys()].map((method) => `${method} ${pathAt(source)}`);
      });
    },
    async send(batch) {
      assertOpen();
      return Promise.all(batch.map(send));
    },
    async subscribe(from: Source, { prefetch }, on) {
      assertOpen();
      if (!("repliesOf" in from)) for (const operation of from.operations ?? []) checkOperation(operation);
      const isReplies = "repliesOf" in from || from.isForReplies;
      if (!isReplies && listen) {
        server ??= startServer(listen, durationMs(listen.keepAlive ?? "65s"), listener, context);
        url = (await server).url;
      }
      const subscription = isReplies ? replies.subscribe(from, prefetch, on) : subscribeTo(from, prefetch, on);
      subscriptions.add(subscription);
      return {
        ...subscription,
        async stop() {
          subscriptions.delete(subscription);
          await subscription.stop();
        },
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function replyOf({ to: _, ...message }: Outgoing): Omit<Outgoing, "to"> {
  return message;
}

function contextOf(options: HttpTransportOptions, isStopping: () => boolean): HttpContext {
  return {
    clock: options.clock ?? systemClock,
    report: createProblemReporter(options),
    maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
    maxReplyBytes: options.maxReplyBytes ?? 10_485_760,
    bodyTimeoutMs: durationMs(options.bodyTimeout ?? "10s"),
    maxRequests: options.maxRequests ?? 1_000,
    retryAfterSeconds,
    answerMs: durationMs(options.answerTimeout ?? "1m"),
    acceptMs: durationMs(options.acceptTimeout ?? "5s"),
    stopMs: durationMs(options.stopTimeout ?? "30s"),
    requestMs: durationMs(options.requestTimeout ?? "30s"),
    connectMs: durationMs(options.connectTimeout ?? "5s"),
    longestRetryAfterMs: durationMs(options.retryAfterMax ?? "1m"),
    maxSockets: options.maxSockets ?? 64,
    maxWaiting: options.maxWaiting ?? 10_000,
    keepAliveMs: durationMs(options.keepAlive ?? "4s"),
    keyForm: options.idempotencyKey ?? "quoted",
    before: options.before,
    signature: options.signature,
    isStopping,
  };
}
