/** Apache Kafka, and what speaks its protocol, through kafkajs 2.x. */
import type { ConnectionOptions } from "node:tls";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import { createProblemReporter, type ProblemOptions } from "../../core/problems.js";
import type { Outgoing, Subscription, Transport } from "../../messaging/transport.js";
import { createConsumer, prepareSubject } from "./consumer.js";
import type { KafkaContext, KafkaTopology } from "./context.js";
import type { KafkaDriver, KafkaRecord } from "./driver.js";
import { headersOf, readReplyToken } from "./message.js";
import { createPrivateReplies } from "./private-replies.js";
import { createPublisher, type Publication } from "./publisher.js";
import { createSockets } from "./sockets.js";
import { createTopics } from "./topics.js";
import { privateReplies, subjectOf, topicOf } from "./topology.js";

export type { KafkaTopology } from "./context.js";
export type { KafkaDriver } from "./driver.js";

export interface KafkaTransportOptions extends ProblemOptions {
  /**
   * `host:port` of some brokers. A function is called before each attempt to connect.
   * @default ["localhost:9092"]
   */
  readonly brokers?: readonly string[] | (() => readonly string[] | Promise<readonly string[]>);
  /** Who asks, in the broker's logs and quotas. @default "sagaspec" */
  readonly clientId?: string;
  /** TLS: `true`, or what `tls.connect` takes. A function is called before each attempt to connect. @default false */
  readonly ssl?:
    | boolean
    | ConnectionOptions
    | (() => boolean | ConnectionOptions | Promise<boolean | ConnectionOptions>);
  /**
   * Credentials as kafkajs takes them: `{ mechanism: "scram-sha-256", username, password }`. A function is called before
   * each attempt to connect, so that what expires is not used again.
   * @default none
   */
  readonly sasl?: object | (() => object | Promise<object>);
  /** `verify` never makes topics. @default "declare" */
  readonly topology?: KafkaTopology;
  /** Partitions of topics that are made and whose binding says nothing of them. @default 6 */
  readonly partitions?: number;
  /** Copies of such topics; -1 lets the broker decide. @default -1 */
  readonly replicas?: number;
  /**
   * What happens to the later messages of a key while one is retried: `"held"` keeps their order, `"passed"` lets them go
   * past it. @default "held"
   */
  readonly retriedKeys?: "held" | "passed";
  /** Longest wait for the broker's confirmation, an outage included; then the result is `unknown`. @default "10s" */
  readonly sendTimeout?: Duration | number;
  /** Longest wait for handed out messages when a subscription stops. @default "30s" */
  readonly stopTimeout?: Duration | number;
  /** Longest wait for a broker's answer; then the connection counts as lost. @default "5s" */
  readonly requestTimeout?: Duration | number;
  /** After this time without a sign of life another member of the group takes over. @default "30s" */
  readonly sessionTimeout?: Duration | number;
  /** Pauses before another delivery that are longer are spent in the topic `<group>.retry`. @default "10s" */
  readonly longestRest?: Duration | number;
  /** Messages that wait in the process; the result of more is `unknown` at once. @default 65_536 */
  readonly maxWaiting?: number;
  /** @default "none" */
  readonly compression?: "none" | "gzip";
}

const optionNames: readonly (keyof KafkaTransportOptions | "kafkajs")[] = [
  ...(["kafkajs", "brokers", "clientId", "ssl", "sasl", "topology", "partitions", "replicas", "retriedKeys"] as const),
  ...(["sendTimeout", "stopTimeout", "requestTimeout", "sessionTimeout", "longestRest", "maxWaiting"] as const),
  ...(["compression", "logger", "onProblem"] as const),
];

/**
 * A transport over Kafka. Connects on first use, reconnects, and goes on where its groups stand, until it is closed.
 * Delivery is at least once; messages of one `partitionKey` keep their order. Offsets are committed up to the first
 * message that is not settled.
 *
 * Kafka cannot tell whether anybody reads a topic: `unroutable` is said only where there is no such topic. Topics of
 * events are made by who sends them, those of commands by who serves them.
 *
 * @throws SagaspecError `invalid-usage` for options that nobody knows
 * @example
 * import kafkajs from "kafkajs";
 * const transport = createKafkaTransport({ kafkajs, brokers: ["localhost:9092"] });
 */
export function createKafkaTransport(options: KafkaTransportOptions & { readonly kafkajs: KafkaDriver }): Transport {
  refuseUnknownOptions("createKafkaTransport", options, optionNames);
  const context = contextOf(options);
  const topics = createTopics(context);
  const publisher = createPublisher(context, topics);
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | undefined;

  function assertOpen(): void {
    if (closing !== undefined) {
      throw new SagaspecError("transport-closed", "kafka: the transport is closed; make another one");
    }
  }

  async function close(): Promise<void> {
    await Promise.allSettled(Array.from(subscriptions, (subscription) => subscription.stop()));
    await publisher.close();
    await topics.close();
  }

  return {
    traits: { durable: true, redelivers: true, expires: false, order: "key", knowsReceivers: false },
    async prepare(sources, mode) {
      assertOpen();
      const lines: string[] = [];
      for (const source of sources) {
        const subject = subjectOf(source);
        const isPrivate = "repliesOf" in source && !source.durable;
        const made = isPrivate
          ? [privateReplies(source.repliesOf)]
          : [subject.topic, subject.retryTopic, subject.deadTopic];
        for (const topic of made) if (topic && "name" in topic) lines.push(`topic ${topic.name}`);
        if ("pattern" in subject.topic) lines.push(`topics like ${subject.topic.pattern.source}`);
        if (!isPrivate) lines.push(`group ${subject.groupId}`);
        if (mode === "plan") continue;
        if (isPrivate) await topics.ensure(privateReplies(source.repliesOf));
        else if (!subject.isCopy) await prepareSubject(topics, subject);
      }
      return lines;
    },
    async send(batch) {
      assertOpen();
      const own = batch.flatMap(({ to }) => ("reply" in to || to.action === "receive" ? [] : [topicOf(to)]));
      const missing = new Map(own.map((topic) => [topic.name, topic]));
      for (const topic of missing.values()) {
        const isThere = await topics.partitionsOf(topic.name).catch(() => 1);
        if (isThere === 0 && context.topology === "declare") await topics.ensure(topic);
      }
      return publisher.publish(batch.map(publicationOf));
    },
    async subscribe(from, { prefetch }, on) {
      assertOpen();
      const subscription =
        "repliesOf" in from && !from.durable
          ? await createPrivateReplies(context, topics, from.repliesOf, on)
          : await createConsumer(context, topics, publisher, { source: from, prefetch }, on);
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

function publicationOf(message: Outgoing): Publication {
  const { to, body, expiresAt } = message;
  const record: KafkaRecord = {
    key: message.partitionKey ?? null,
    value: Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    headers: headersOf(message),
    timestamp: String(message.sentAt),
  };
  const late = expiresAt === undefined ? {} : { expiresAt };
  if (!("reply" in to)) return { topic: topicOf(to).name, record, ...late };
  const address = readReplyToken(to.reply);
  // What is no address of ours is in no topic.
  if (!address) return { topic: "", record, ...late };
  Object.assign(record.headers, address.headers);
  if (address.partition !== undefined) record.partition = address.partition;
  return { topic: address.topic, record, ...late };
}

function contextOf(options: KafkaTransportOptions & { readonly kafkajs: KafkaDriver }): KafkaContext {
  const { kafkajs: driver, brokers = ["localhost:9092"], ssl, sasl, clientId = "sagaspec" } = options;
  const sockets = createSockets();
  const requestTimeoutMs = durationMs(options.requestTimeout ?? "5s");
  return {
    driver,
    async connect() {
      const [list, tls, login] = await Promise.all([current(brokers), current(ssl), current(sasl)]);
      return new driver.Kafka({
        brokers: [...list],
        clientId,
        connectionTimeout: requestTimeoutMs,
        requestTimeout: requestTimeoutMs,
        retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 100_000 },
        socketFactory: sockets.factory,
        // What matters is told as a problem.
        logLevel: 0,
        ...(tls !== undefined && { ssl: tls }),
        ...(login !== undefined && { sasl: login }),
      });
    },
    cutSilent: (broker) => sockets.cut(broker),
    topology: options.topology ?? "declare",
    partitions: options.partitions ?? 6,
    replicas: options.replicas ?? -1,
    requestTimeoutMs,
    sessionTimeoutMs: durationMs(options.sessionTimeout ?? "30s"),
    sendTimeoutMs: durationMs(options.sendTimeout ?? "10s"),
    stopTimeoutMs: durationMs(options.stopTimeout ?? "30s"),
    maxWaiting: options.maxWaiting ?? 65_536,
    compression: options.compression === "gzip" ? 1 : 0,
    holdsKeys: options.retriedKeys !== "passed",
    longestRestMs: durationMs(options.longestRest ?? "10s"),
    report: createProblemReporter(options),
  };
}

async function current<T>(given: T | (() => T | Promise<T>)): Promise<T> {
  return typeof given === "function" ? (given as () => T | Promise<T>)() : given;
}
