import { messageOf, SagaspecError } from "../../core/errors.js";
import { backoffMs, withTimeout } from "../../core/timing.js";
import type { KafkaContext } from "./context.js";
import type { KafkaAdmin } from "./driver.js";
import type { Topic } from "./topology.js";

/** The topics of the cluster, as far as this process has to know them. */
export interface Topics {
  /** How many partitions a topic has; 0 where there is no such topic. A missing one is asked for once a second at most. */
  partitionsOf(topic: string): Promise<number>;
  /** Names of all topics, as they are now. */
  list(): Promise<readonly string[]>;
  /**
   * Makes a topic where it is missing, and waits until it can be written to.
   * @throws SagaspecError `topology-mismatch` where it is missing and must not be made
   */
  ensure(topic: Topic): Promise<void>;
  /** Lets a group that has no position in a topic begin with what comes from now on. */
  beginNow(groupId: string, topic: string): Promise<void>;
  /** Offset of the next message of each partition. */
  ends(topic: string): Promise<ReadonlyMap<number, string>>;
  /** Removes what the cluster keeps of a group of one that has ended. */
  forgetGroup(groupId: string): Promise<void>;
  close(): Promise<void>;
}

/** What is known of topics is asked for again after this time: somebody may add partitions. */
const freshMs = 30_000;
/** So long nobody asks again for a topic that is missing. */
const missingMs = 1_000;
const mostMissed = 1_000;

export function createTopics(context: KafkaContext): Topics {
  const { requestTimeoutMs } = context;
  let admin: Promise<KafkaAdmin> | undefined;
  let known: ReadonlyMap<string, number> = new Map();
  let askedAt = 0;
  const missedAt = new Map<string, number>();
  let asking: Promise<void> | undefined;

  async function connected(): Promise<KafkaAdmin> {
    admin ??= (async () => {
      const client = await context.connect();
      const made = client.admin({ retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 5 } });
      await withTimeout(made.connect(), { ms: 3 * requestTimeoutMs, late: () => unavailable("no broker answers") });
      return made;
    })();
    try {
      return await admin;
    } catch (cause) {
      admin = undefined;
      throw cause instanceof SagaspecError ? cause : unavailable(messageOf(cause), cause);
    }
  }

  async function call<T>(what: string, work: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
    const one = await connected();
    const late = () => unavailable(`${what} took more than ${4 * requestTimeoutMs} ms`);
    // A topic that was just made, or a broker that was just started, says so for a moment.
    const settled = async (): Promise<T> => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(one);
        } catch (error) {
          const isPassing =
            typeof error === "object" && error !== null && "retriable" in error && error.retriable === true;
          if (!isPassing || attempt === 10) throw error;
          await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, { maxMs: 1_000 })));
        }
      }
    };
    try {
      return await withTimeout(settled(), { ms: 4 * requestTimeoutMs, late });
    } catch (error) {
      if (error instanceof SagaspecError) {
        // A connection that says nothing is not asked again.
        admin = undefined;
        void one.disconnect().catch(() => undefined);
      }
      throw error;
    }
  }

  function refresh(): Promise<void> {
    asking ??= (async () => {
      const { topics } = await call("asking for the topics", (one) => one.fetchTopicMetadata());
      const led = topics.filter(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
      known = new Map(led.map(({ name, partitions }) => [name, partitions.length]));
      askedAt = Date.now();
    })().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function partitionsOf(topic: string): Promise<number> {
    const now = Date.now();
    if (known.has(topic)) {
      if (now - askedAt > freshMs) refresh().catch((error) => context.report(problem(error)));
    } else if (now - (missedAt.get(topic) ?? 0) > missingMs) {
      // What was asked for another topic says nothing of this one: it may have been made since.
      await refresh();
      if (missedAt.size >= mostMissed) missedAt.clear();
      if (!known.has(topic)) missedAt.set(topic, now);
    }
    return known.get(topic) ?? 0;
  }

  return {
    partitionsOf,
    async list() {
      await refresh();
      return [...known.keys()];
    },
    async ensure(topic) {
      if (known.has(topic.name)) return;
      await refresh();
      if (known.has(topic.name)) return;
      if (context.topology === "verify") {
        const text = `kafka: there is no topic ${topic.name}; make it, or let topology be "declare"`;
        throw new SagaspecError("topology-mismatch", text);
      }
      const { name, partitions = context.partitions, replicas = context.replicas, configuration } = topic;
      const configEntries = Object.entries(configuration).map(([key, value]) => ({ name: key, value }));
      const made = { topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries };
      try {
        // Waiting for leaders fails over a topic that some brokers do not know yet.
        await call(`making ${name}`, (one) => one.createTopics({ waitForLeaders: false, topics: [made] }));
      } catch (cause) {
        if (cause instanceof SagaspecError) throw cause;
        const text = `kafka: the topic ${name} cannot be made: ${reasonOf(cause)}; correct its binding, or make it`;
        throw new SagaspecError("topology-mismatch", text, { cause });
      }
      for (let end = Date.now() + 4 * requestTimeoutMs; !known.has(name); ) {
        if (Date.now() > end) throw unavailable(`the topic ${name} was made, and has no leader yet`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await refresh();
      }
    },
    async beginNow(groupId, topic) {
      const offsets = await call(`reading the position of ${groupId}`, (one) =>
        one.fetchOffsets({ groupId, topics: [topic] }),
      );
      const partitions = offsets.flatMap((one) => one.partitions);
      if (partitions.some(({ offset }) => offset !== "-1")) return;
      const ends = await call(`reading the ends of ${topic}`, (one) => one.fetchTopicOffsets(topic));
      await commitAsMember(context, groupId, topic, ends);
    },
    async ends(topic) {
      const offsets = await call(`reading the ends of ${topic}`, (one) => one.fetchTopicOffsets(topic));
      return new Map(offsets.map(({ partition, high }) => [partition, high]));
    },
    async forgetGroup(groupId) {
      await call(`forgetting ${groupId}`, (one) => one.deleteGroups([groupId]));
    },
    async close() {
      const one = await admin?.catch(() => undefined);
      admin = undefined;
      if (one) await withTimeout(one.disconnect(), { ms: requestTimeoutMs }).catch(() => undefined);
    },
  };
}

/** Commits positions as the only member of a new group; the driver's own way waits five seconds for a fetch. */
async function commitAsMember(
  context: KafkaContext,
  groupId: string,
  topic: string,
  ends: readonly { readonly partition: number; readonly high: string }[],
): Promise<void> {
  const { sessionTimeoutMs, requestTimeoutMs } = context;
  const member = (await context.connect()).consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 50,
    metadataMaxAge: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 10, restartOnFailure: async () => false },
  });
  try {
    const committed = new Promise<void>((resolve, reject) => {
      member.on("consumer.group_join", ({ payload }) => {
        // Another member that is there as well commits its own.
        const mine: readonly number[] = payload.memberAssignment[topic] ?? [];
        const offsets = ends.filter(({ partition }) => mine.includes(partition));
        member
          .commitOffsets(offsets.map(({ partition, high }) => ({ topic, partition, offset: high })))
          .then(resolve, reject);
      });
      member.on("consumer.crash", ({ payload }) => reject(payload.error));
    });
    committed.catch(() => undefined);
    await member.connect();
    await member.subscribe({ topics: [topic], fromBeginning: true });
    const wait = async () => {
      await member.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1,
        eachBatch: async () => undefined,
      });
      await committed;
    };
    const late = () => unavailable(`the group ${groupId} could not be joined in time`);
    await withTimeout(wait(), { ms: sessionTimeoutMs + 2 * requestTimeoutMs, late });
  } finally {
    await withTimeout(member.disconnect(), { ms: requestTimeoutMs }).catch(() => undefined);
  }
}

function problem(error: unknown) {
  return { kind: "connection" as const, reason: messageOf(error), error };
}

/** What the broker said of the first topic. */
function reasonOf(cause: unknown): string {
  const [first] = (cause as { readonly errors?: readonly unknown[] }).errors ?? [];
  return messageOf(first ?? cause);
}

export function unavailable(reason: string, cause?: unknown): SagaspecError {
  const text = `kafka: ${reason}; check the brokers and the network`;
  return new SagaspecError("transport-unavailable", text, { retryable: true, ...(cause !== undefined && { cause }) });
}
