/** RabbitMQ and every other AMQP 0-9-1 broker with quorum queues, through amqplib 0.10 or 2.x. */
import type { Server } from "../../codegen.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import { createProblemReporter, type ProblemOptions } from "../../core/problems.js";
import { type Credentials, loginOf, serverAddress } from "../../messaging/servers.js";
import type { Outgoing, Source, Subscription, Transport } from "../../messaging/transport.js";
import { createConsumer } from "./consumer.js";
import type { AmqpContext, ConnectionTarget, TopologyMode } from "./context.js";
import { prepare } from "./declare.js";
import type { AmqpDriver } from "./driver.js";
import { deadlineOf, propertiesOf } from "./message.js";
import type { Publication } from "./publish-queue.js";
import { createPublisher } from "./publisher.js";
import { closedError, createReconnectingConnection } from "./reconnecting-connection.js";
import { routeOf } from "./topology.js";

export type { Credentials } from "../../messaging/servers.js";
export type { TopologyMode } from "./context.js";
export type { AmqpChannel, AmqpConfirmChannel, AmqpConnection, AmqpDriver, AmqpMessage } from "./driver.js";

export interface AmqpTransportOptions extends ProblemOptions {
  /**
   * `amqp://user:password@host:5672/vhost`, or `amqps://`. A function is called before each attempt to connect.
   * @default "amqp://localhost:5672"
   */
  readonly url?: string | (() => string | Promise<string>);
  /**
   * The server of a document, instead of a URL; its path is the virtual host.
   * @example server: restaurant.$contract.servers.production
   */
  readonly server?: Server;
  /** Values of the server's variables. @default the document's */
  readonly variables?: { readonly [name: string]: string };
  /** Several brokers of one cluster, tried in turn; instead of `url`. */
  readonly urls?: readonly string[];
  /**
   * User and password, in place of those in the URL, or what the server's security scheme asks for. A function is called before each attempt to connect, so that what
   * expires or is changed meanwhile is not used again.
   * @default those of the URL
   * @example credentials: async () => ({ username: "orders", password: await vault.read("rabbitmq") })
   */
  readonly credentials?: Credentials | (() => Credentials | Promise<Credentials>);
  /** After two of them without a sign of life the connection counts as lost. Whole seconds. @default "10s" */
  readonly heartbeat?: Duration | number;
  /** @default "5s" */
  readonly connectTimeout?: Duration | number;
  /** How often a broker that never answered is tried before `transport-unavailable`. @default 5 */
  readonly connectAttempts?: number;
  /** Longest pause between two attempts to reconnect. @default "5s" */
  readonly reconnectMax?: Duration | number;
  /** Longest wait for the broker's confirmation, an outage included; then the result is `unknown`. @default "10s" */
  readonly sendTimeout?: Duration | number;
  /** Longest wait for handed out messages when a subscription stops. @default "30s" */
  readonly stopTimeout?: Duration | number;
  /** Messages written and not confirmed yet; more wait in the process. @default 1_024 */
  readonly maxUnconfirmed?: number;
  /** Messages that wait in the process; the result of more is `unknown` at once. @default 65_536 */
  readonly maxWaiting?: number;
  /** Times the broker delivers a command again before it is dead-lettered, unseen. @default 20 */
  readonly deliveryLimit?: number;
  /** `verify` never declares what the service shares with others, for users without that permission. @default "declare" */
  readonly topology?: TopologyMode;
  /** Who sends, for the property `app-id`. @default the service whose event it is */
  readonly appId?: string;
  /**
   * Passed to `net.connect` or `tls.connect`: certificates and the like. A function is called before each attempt to
   * connect.
   */
  readonly socketOptions?: object | (() => object | Promise<object>);
}

/**
 * A transport over AMQP 0-9-1. Connects on first use, once for publishing and once for consuming; reconnects, and
 * restores queues and subscriptions, until it is closed. Delivery is at least once.
 *
 * `send` rejects with `transport-unavailable` only if no broker ever answered; in a later outage messages wait for
 * `sendTimeout` and are `unknown` then. Deadlines travel in the header `expires-at` as well, which outlives dead-lettering.
 *
 * @throws SagaspecError `invalid-usage` for a URL that is none.
 * @example
 * import amqplib from "amqplib";
 * const transport = createAmqpTransport({ amqplib, url: "amqp://localhost" });
 */
export function createAmqpTransport(options: AmqpTransportOptions & { readonly amqplib: AmqpDriver }): Transport;
export function createAmqpTransport(amqplib: AmqpDriver, options?: AmqpTransportOptions): Transport;
export function createAmqpTransport(
  first: AmqpDriver | (AmqpTransportOptions & { readonly amqplib: AmqpDriver }),
  second: AmqpTransportOptions = {},
): Transport {
  return "amqplib" in first ? amqpTransport(first.amqplib, first) : amqpTransport(first, second);
}

const optionNames: readonly (keyof AmqpTransportOptions | "amqplib")[] = [
  ...([
    "amqplib",
    "url",
    "urls",
    "server",
    "variables",
    "credentials",
    "heartbeat",
    "connectTimeout",
    "connectAttempts",
    "reconnectMax",
  ] as const),
  ...(["sendTimeout", "stopTimeout", "maxUnconfirmed", "maxWaiting", "deliveryLimit", "topology", "appId"] as const),
  ...(["socketOptions", "logger", "onProblem"] as const),
];

function amqpTransport(driver: AmqpDriver, options: AmqpTransportOptions): Transport {
  refuseUnknownOptions("createAmqpTransport", options, optionNames);
  const report = createProblemReporter(options);
  const context: AmqpContext = {
    driver,
    target: targetOf(options),
    topology: options.topology ?? "declare",
    heartbeatMs: durationMs(options.heartbeat ?? "10s"),
    connectTimeoutMs: durationMs(options.connectTimeout ?? "5s"),
    connectAttempts: options.connectAttempts ?? 5,
    reconnectMaxMs: durationMs(options.reconnectMax ?? "5s"),
    sendTimeoutMs: durationMs(options.sendTimeout ?? "10s"),
    stopTimeoutMs: durationMs(options.stopTimeout ?? "30s"),
    maxUnconfirmed: options.maxUnconfirmed ?? 1_024,
    maxWaiting: options.maxWaiting ?? 65_536,
    deliveryLimit: options.deliveryLimit ?? 20,
    warn(error) {
      report({ kind: "connection", reason: messageOf(error), error });
    },
  };
  const outward = createReconnectingConnection(context);
  const inward = createReconnectingConnection(context);
  const publisher = createPublisher(context, outward);
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await Promise.allSettled(Array.from(subscriptions, (subscription) => subscription.stop()));
    await publisher.close();
    await Promise.all([outward.close(), inward.close()]);
  }

  return {
    traits: { durable: true, redelivers: true, expires: true, order: "none", knowsReceivers: true },
    async prepare(sources, mode) {
      if (closing !== undefined) throw closedError();
      return prepare(inward, sources, mode);
    },
    async send(batch) {
      return publisher.publish(batch.map((message) => publicationOf(message, options.appId)));
    },
    async subscribe(from: Source, { prefetch }, on) {
      if (closing !== undefined) throw closedError();
      const consumer = await createConsumer(context, inward, publisher, { source: from, prefetch }, on);
      subscriptions.add(consumer);
      return {
        ...consumer,
        get address() {
          return consumer.address;
        },
        // A broker that takes no messages delivers only those that it has.
        connected: () => consumer.connected() && !outward.isBlocked(),
        async stop() {
          subscriptions.delete(consumer);
          await consumer.stop();
        },
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function publicationOf(message: Outgoing, appId: string | undefined): Publication {
  const { body, to } = message;
  return {
    route: "reply" in to ? { exchange: "", routingKey: to.reply } : routeOf(to),
    content: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    properties: { ...propertiesOf(message, appId), messageId: message.id },
    deadline: deadlineOf(message),
  };
}

function targetOf(options: AmqpTransportOptions): AmqpContext["target"] {
  const { credentials, server, socketOptions } = options;
  const urls = options.urls ?? [options.url ?? (server ? urlOf(server, options.variables) : "amqp://localhost:5672")];
  if (server && typeof credentials !== "function") loginOf(server, credentials);
  if (urls.length === 0) throw invalidUrl();
  for (const url of urls) if (typeof url === "string") checkUrl(url);

  return async (attempt): Promise<ConnectionTarget> => {
    const given = urls[attempt % urls.length] ?? "";
    const url = new URL(checkUrl(typeof given === "function" ? await given() : given));
    const known = typeof credentials === "function" ? await credentials() : credentials;
    const login = loginOf(server, known);
    if (login?.kind === "password") {
      url.username = encodeURIComponent(login.username);
      url.password = encodeURIComponent(login.password);
    } else if (login?.kind === "bearer") {
      // RabbitMQ takes a token as the password, whatever the user.
      url.password = encodeURIComponent(login.token);
    }
    const socket = typeof socketOptions === "function" ? await socketOptions() : socketOptions;
    return { url: url.href, socketOptions: { ...certificateOf(known, login?.kind === "certificate"), ...socket } };
  };
}

function urlOf(server: Server, variables: AmqpTransportOptions["variables"]): string {
  const { protocol, host, pathname } = serverAddress(server, variables);
  return checkUrl(`${protocol}://${host}${pathname === "/" ? "" : pathname}`);
}

/** What `tls.connect` takes of the credentials; with the certificate as the login where it is one (SASL EXTERNAL). */
function certificateOf(known: Credentials | undefined, isLogin: boolean): object {
  const { certificate: cert, key, passphrase, ca } = known ?? {};
  const external = { mechanism: "EXTERNAL", response: () => Buffer.alloc(0) };
  return {
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(ca !== undefined && { ca }),
    ...(isLogin && { credentials: external }),
  };
}

function checkUrl(url: string): string {
  if (URL.canParse(url) && /^amqps?:$/.test(new URL(url).protocol)) return url;
  throw invalidUrl();
}

function invalidUrl(): SagaspecError {
  return new SagaspecError(
    "invalid-usage",
    "amqp: the URL is none of amqp:// or amqps://; write amqp://user:password@host:5672/vhost",
  );
}
