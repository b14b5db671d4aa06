/** Replies for one client: a partition of a topic that its service's clients share, read from the moment it subscribes. */
import { randomUUID } from "node:crypto";
import { messageOf } from "../../core/errors.js";
import { backoffMs, pause, valueWithin, withTimeout } from "../../core/timing.js";
import type { Incoming, Subscription } from "../../messaging/transport.js";
import type { KafkaContext } from "./context.js";
import type { KafkaAssigner, KafkaBatch, KafkaConsumer, KafkaDriver } from "./driver.js";
import { names, readMessage, replyToken } from "./message.js";
import { type Topics, unavailable } from "./topics.js";
import { privateReplies } from "./topology.js";

const backoff = { firstMs: 200, maxMs: 5_000 };

/** @throws SagaspecError `transport-unavailable`, `topology-mismatch` */
export async function createPrivateReplies(
  context: KafkaContext,
  topics: Topics,
  service: string,
  on: (batch: readonly Incoming[]) => void,
): Promise<Subscription> {
  const { requestTimeoutMs, sessionTimeoutMs, report } = context;
  const topic = privateReplies(service);
  await topics.ensure(topic);
  const client = randomUUID();
  const partition = Math.floor(Math.random() * (await topics.partitionsOf(topic.name)));
  const ended = new AbortController();
  let consumer: KafkaConsumer | undefined;
  let position: string | undefined;
  let isJoined = false;
  let isStopping = false;
  let heardAt = 0;
  let since = 0;

  async function eachBatch({ batch, resolveOffset }: KafkaBatch): Promise<void> {
    heardAt = Date.now();
    const records = batch.messages.filter(({ offset }) => position === undefined || BigInt(offset) >= BigInt(position));
    position = (BigInt(batch.lastOffset()) + 1n).toString();
    resolveOffset(batch.lastOffset());
    const mine = records.filter((record) => isFor(client, record.headers?.[names.replyFor]));
    if (mine.length > 0 && !isStopping) {
      on(mine.map((record) => readMessage(record, { topic: topic.name, partition }, 0, () => undefined)));
    }
  }

  async function start(): Promise<void> {
    position ??= (await topics.ends(topic.name)).get(partition) ?? "0";
    const made = (await context.connect()).consumer({
      groupId: `${topic.name}.${client}`,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 100,
      metadataMaxAge: 30_000,
      partitionAssigners: [onePartition(context.driver, topic.name, partition)],
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 100_000, restartOnFailure: async () => false },
    });
    let failed: (error: unknown) => void = () => undefined;
    const joined = new Promise<void>((resolve, reject) => {
      failed = reject;
      made.on("consumer.group_join", () => {
        isJoined = true;
        heardAt = since = Date.now();
        resolve();
      });
    });
    joined.catch(() => undefined);
    for (const sign of ["consumer.heartbeat", "consumer.fetch"]) {
      made.on(sign, () => {
        heardAt = Date.now();
      });
    }
    made.on("consumer.network.request_timeout", ({ payload }) => context.cutSilent(String(payload.broker)));
    made.on("consumer.crash", ({ payload }) => {
      failed(payload.error);
      if (consumer === made && !isStopping) void restart(made, payload.error);
    });
    consumer = made;
    const begin = async () => {
      await made.connect();
      await made.subscribe({ topics: [topic.name], fromBeginning: false });
      await made.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 1, eachBatch });
      made.seek({ topic: topic.name, partition, offset: position ?? "0" });
      await joined;
    };
    const late = () => unavailable(`replies of ${service} could not be subscribed to in time`);
    try {
      await withTimeout(begin(), { ms: sessionTimeoutMs + 2 * requestTimeoutMs, late, signal: ended.signal });
    } catch (error) {
      if (consumer === made) consumer = undefined;
      void valueWithin(made.disconnect(), requestTimeoutMs);
      throw error;
    }
  }

  async function restart(old: KafkaConsumer, cause: unknown): Promise<void> {
    consumer = undefined;
    isJoined = false;
    report({ kind: "connection", reason: `kafka: ${messageOf(cause)}`, error: cause });
    void valueWithin(old.disconnect(), requestTimeoutMs);
    for (let attempt = 0; !isStopping; attempt++) {
      try {
        return await start();
      } catch (error) {
        if (isStopping) return;
        report({ kind: "connection", reason: messageOf(error), error });
        await pause(backoffMs(attempt, backoff), ended.signal);
      }
    }
  }

  await start();
  const connected = (): boolean => isJoined && !isStopping && Date.now() - heardAt < 2_000 + requestTimeoutMs;
  return {
    address: replyToken(topic.name, partition, client),
    connected,
    // Replies are handed on at once, and need no room.
    idleSince: () => (connected() ? since : undefined),
    async stop() {
      if (isStopping) return;
      isStopping = true;
      ended.abort();
      const old = consumer;
      consumer = undefined;
      if (!old) return;
      await valueWithin(old.stop(), 2 * requestTimeoutMs);
      await valueWithin(old.disconnect(), requestTimeoutMs);
      await valueWithin(topics.forgetGroup(`${topic.name}.${client}`), requestTimeoutMs);
    },
  };
}

/** A peer that knows no such header answers the whole partition; a client knows its own requests. */
function isFor(client: string, header: unknown): boolean {
  return header === undefined || String(header) === client;
}

/** Gives the only member of a group the partition that its requests name. */
function onePartition({ AssignerProtocol }: KafkaDriver, topic: string, partition: number): KafkaAssigner {
  const name = "SagaspecOnePartition";
  const userData = Buffer.alloc(0);
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  return () => ({
    name,
    version: 0,
    protocol: ({ topics }: { topics: string[] }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData }),
    }),
    assign: async ({ members }: { members: { memberId: string }[] }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 0, assignment: { [topic]: [partition] }, userData }),
      })),
  });
}
