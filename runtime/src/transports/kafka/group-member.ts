/** A member of a consumer group, which takes its place again after whatever goes wrong. */
import { messageOf } from "../../core/errors.js";
import { backoffMs, pause, valueWithin, withTimeout } from "../../core/timing.js";
import type { KafkaContext } from "./context.js";
import type { KafkaAssigner, KafkaBatch, KafkaConsumer } from "./driver.js";
import { unavailable } from "./topics.js";

/** Partitions by topic. */
export type Assignment = { readonly [topic: string]: readonly number[] };

export interface GroupMemberOptions {
  readonly groupId: string;
  /** The topics to read, as they are at each start. Without any there is nothing to join. */
  topics(): Promise<readonly string[]>;
  /** @default the driver's: partitions in turn */
  readonly assigner?: KafkaAssigner;
  eachBatch(batch: KafkaBatch): Promise<void>;
  /** The driver reads, and has not joined yet: the moment to say from where. */
  begun?(consumer: KafkaConsumer): void;
  joined(assignment: Assignment): void;
  /** Before partitions may go to somebody else: what is settled is committed now or never. */
  rebalancing?(): Promise<void>;
  /** What was assigned belongs to somebody else now. */
  lost(): void;
}

export interface GroupMember {
  /** The driver's consumer, where there is one at this moment. */
  consumer(): KafkaConsumer | undefined;
  /** The topics that are read. */
  topics(): readonly string[];
  /** Whether it has joined, and the brokers give signs of life. */
  connected(): boolean;
  /** A batch is a sign of life. */
  heard(): void;
  /** Joins. @throws SagaspecError `transport-unavailable` */
  start(): Promise<void>;
  /** Leaves and joins again, with the topics of the moment. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const backoff = { firstMs: 200, maxMs: 5_000 };
/** Beyond the longest wait for an answer. */
const signOfLifeMs = 2_000;

export function createGroupMember(context: KafkaContext, options: GroupMemberOptions): GroupMember {
  const { requestTimeoutMs, sessionTimeoutMs, report } = context;
  const ended = new AbortController();
  let consumer: KafkaConsumer | undefined;
  let topics: readonly string[] = [];
  let isJoined = false;
  let heardAt = 0;

  function heard(): void {
    heardAt = Date.now();
  }

  async function start(): Promise<void> {
    topics = await options.topics();
    if (topics.length === 0) return;
    const client = await context.connect();
    const made = client.consumer({
      groupId: options.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 100,
      metadataMaxAge: 30_000,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 100_000, restartOnFailure: async () => false },
      ...(options.assigner && { partitionAssigners: [options.assigner] }),
    });
    consumer = made;
    const joined = listenTo(made);
    const begin = async () => {
      await made.connect();
      await made.subscribe({ topics: [...topics], fromBeginning: true });
      await made.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1_000,
        eachBatch: options.eachBatch,
      });
      options.begun?.(made);
      await joined;
    };
    const late = () => unavailable(`the group ${options.groupId} could not be joined in time`);
    try {
      await withTimeout(begin(), { ms: sessionTimeoutMs + 2 * requestTimeoutMs, late, signal: ended.signal });
    } catch (error) {
      if (consumer === made) consumer = undefined;
      void valueWithin(made.disconnect(), requestTimeoutMs);
      throw error;
    }
  }

  /** Resolves when the group is joined for the first time; rejects when the consumer ends before. */
  function listenTo(made: KafkaConsumer): Promise<void> {
    const isCurrent = () => consumer === made;
    for (const sign of ["consumer.heartbeat", "consumer.fetch"]) made.on(sign, heard);
    made.on("consumer.network.request_timeout", ({ payload }) => context.cutSilent(String(payload.broker)));
    made.on("consumer.rebalancing", () => {
      if (isCurrent()) void options.rebalancing?.();
    });
    const joined = new Promise<void>((resolve, reject) => {
      made.on("consumer.group_join", ({ payload }) => {
        if (!isCurrent()) return;
        isJoined = true;
        heard();
        options.joined(payload.memberAssignment as Assignment);
        resolve();
      });
      // One that has crashed stays so: another one takes its place.
      made.on("consumer.crash", ({ payload }) => {
        reject(payload.error);
        if (!isCurrent() || ended.signal.aborted) return;
        report({ kind: "connection", reason: `kafka: ${messageOf(payload.error)}`, error: payload.error });
        void replace(made);
      });
    });
    joined.catch(() => undefined);
    return joined;
  }

  async function replace(old: KafkaConsumer | undefined): Promise<void> {
    consumer = undefined;
    isJoined = false;
    options.lost();
    if (old) void valueWithin(old.disconnect(), requestTimeoutMs);
    for (let attempt = 0; !ended.signal.aborted; attempt++) {
      try {
        return await start();
      } catch (error) {
        if (ended.signal.aborted) return;
        report({ kind: "connection", reason: messageOf(error), error });
        await pause(backoffMs(attempt, backoff), ended.signal);
      }
    }
  }

  return {
    consumer: () => consumer,
    topics: () => topics,
    connected: () => isJoined && !ended.signal.aborted && Date.now() - heardAt < signOfLifeMs + requestTimeoutMs,
    heard,
    start,
    async restart() {
      await valueWithin(options.rebalancing?.() ?? Promise.resolve(), requestTimeoutMs);
      await replace(consumer);
    },
    async stop() {
      ended.abort();
      const old = consumer;
      if (old) {
        await valueWithin(old.stop(), 2 * requestTimeoutMs);
        await valueWithin(old.disconnect(), requestTimeoutMs);
      }
      consumer = undefined;
      isJoined = false;
      options.lost();
    },
  };
}
