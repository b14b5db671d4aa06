import { messageOf } from "../../core/errors.js";
import { backoffMs, pause, valueWithin, withTimeout } from "../../core/timing.js";
import type { Incoming, Settlement, Source, Subscription } from "../../messaging/transport.js";
import type { KafkaContext } from "./context.js";
import { createDeadLettering } from "./dead-lettering.js";
import type { KafkaBatch, KafkaConsumer } from "./driver.js";
import { readMessage } from "./message.js";
import { createPartitionLog, type Entry, type PartitionLog } from "./partition-log.js";
import type { Publisher } from "./publisher.js";
import { type Topics, unavailable } from "./topics.js";
import { type Subject, subjectOf } from "./topology.js";

const commitEveryMs = 200;
/** Topics that fit open parameters are looked for this often. */
const discoverEveryMs = 1_000;
const backoff = { firstMs: 200, maxMs: 5_000 };
/** Clocks differ: nothing counts as expired before this much is over. */
const toleranceMs = 2_000;

/**
 * Consumes a source until it is stopped. Resolves when it has joined its group.
 * @throws SagaspecError `transport-unavailable`, `topology-mismatch`
 */
export async function createConsumer(
  context: KafkaContext,
  topics: Topics,
  publisher: Publisher,
  from: { readonly source: Source; readonly prefetch: number },
  on: (batch: readonly Incoming[]) => void,
): Promise<Subscription> {
  const { requestTimeoutMs, sessionTimeoutMs, stopTimeoutMs, report } = context;
  const prefetch = Math.max(1, from.prefetch);
  const subject = subjectOf(from.source);
  const deadLettering = createDeadLettering(publisher, topics, subject);
  const ended = new AbortController();
  const logs = new Map<string, PartitionLog>();
  const paused = new Set<string>();
  const resting = new Map<NodeJS.Timeout, () => void>();
  let consumer: KafkaConsumer | undefined;
  let consumed: readonly string[] = [];
  let isJoined = false;
  let heardAt = 0;
  let open = 0;
  let roomSince = Date.now();
  let whenEmpty: (() => void)[] = [];
  let isStopping = false;
  let pumping = false;

  const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

  function logOf(topic: string, partition: number): PartitionLog {
    const key = keyOf(topic, partition);
    let log = logs.get(key);
    if (!log) {
      log = createPartitionLog(topic, partition, context.holdsKeys);
      logs.set(key, log);
    }
    return log;
  }

  /** Hands out as much as the window takes, of all partitions in turn. */
  function pump(): void {
    if (pumping || isStopping) return;
    pumping = true;
    queueMicrotask(() => {
      pumping = false;
      const batch: Incoming[] = [];
      for (let found = true; found && open < prefetch && !isStopping; ) {
        found = false;
        for (const log of logs.values()) {
          if (open >= prefetch) break;
          const entry = log.next();
          if (!entry) continue;
          found = true;
          const incoming = handOut(log, entry);
          if (incoming) batch.push(incoming);
        }
      }
      if (batch.length > 0) on(batch);
      for (const log of logs.values()) if (log.waiting() < prefetch) resume(log);
    });
  }

  function handOut(log: PartitionLog, entry: Entry): Incoming | undefined {
    open += 1;
    let isSettled = false;
    const incoming = readMessage(entry.record, log, entry.again, (settlement) => {
      if (isSettled) return;
      isSettled = true;
      settled(log, entry, incoming, settlement);
    });
    // A record without a body says that its key is gone; nobody's message.
    if (entry.record.value === null && incoming.type === "" && incoming.position !== undefined) {
      done(log, entry);
      return undefined;
    }
    const dueInMs = deadLettering.dueInMs(entry.record);
    if (entry.again === 0 && dueInMs > 0) {
      rest(log, entry, dueInMs, false);
      return undefined;
    }
    return incoming;
  }

  function settled(log: PartitionLog, entry: Entry, incoming: Incoming, settlement: Settlement): void {
    if (log.isOver() || settlement === "ack") {
      done(log, entry);
      return;
    }
    if ("dead" in settlement) {
      void move(log, entry, () => deadLettering.dead(entry.record, log, incoming.deliveries, settlement.dead));
      return;
    }
    const { retryIn } = settlement;
    const isTooLate = incoming.expiresAt !== undefined && Date.now() + retryIn > incoming.expiresAt + toleranceMs;
    if (isTooLate) {
      void move(log, entry, () => deadLettering.dead(entry.record, log, incoming.deliveries, "expired"));
    } else if (
      retryIn > context.longestRestMs &&
      subject.retryTopic &&
      !(context.holdsKeys && entry.key !== undefined)
    ) {
      void move(log, entry, () => deadLettering.retry(entry.record, log, incoming.deliveries, retryIn));
    } else rest(log, entry, retryIn, true);
  }

  function done(log: PartitionLog, entry: Entry): void {
    if (!log.isOver()) log.settled(entry);
    closed();
  }

  function closed(): void {
    if (open-- === prefetch) roomSince = Date.now();
    if (open === 0) {
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    }
    pump();
  }

  /** It is delivered again after a pause; meanwhile it takes no room in the window. */
  function rest(log: PartitionLog, entry: Entry, ms: number, counts: boolean): void {
    log.rest(entry);
    const again = () => {
      resting.delete(timer);
      if (log.isOver() || isStopping) return;
      log.again(entry);
      if (!counts) entry.again -= 1;
      pump();
    };
    const timer = setTimeout(again, Math.max(0, ms));
    resting.set(timer, again);
    closed();
  }

  /** Publishes it elsewhere until that succeeds: handed back before, it would be handled once more. */
  async function move(log: PartitionLog, entry: Entry, publish: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; !log.isOver() && !isStopping; attempt++) {
      const isSafe = await publish().catch((error: unknown) => {
        report({ kind: "unavailable", reason: messageOf(error), error });
        return false;
      });
      if (isSafe) return done(log, entry);
      await pause(backoffMs(attempt, backoff), ended.signal);
    }
    closed();
  }

  function resume(log: PartitionLog): void {
    if (!paused.delete(keyOf(log.topic, log.partition))) return;
    consumer?.resume([{ topic: log.topic, partitions: [log.partition] }]);
  }

  async function eachBatch({ batch, resolveOffset, isRunning, isStale }: KafkaBatch): Promise<void> {
    heardAt = Date.now();
    if (!isRunning() || isStale() || isStopping) return;
    const log = logOf(batch.topic, batch.partition);
    log.receive(batch.messages, batch.lastOffset());
    // The position of the fetch only; what is committed is another matter.
    resolveOffset(batch.lastOffset());
    if (log.waiting() >= 2 * prefetch) {
      paused.add(keyOf(log.topic, log.partition));
      consumer?.pause([{ topic: log.topic, partitions: [log.partition] }]);
    }
    pump();
  }

  async function commit(): Promise<void> {
    if (!consumer || !isJoined) return;
    const offsets = [...logs.values()].flatMap((log) => {
      const offset = log.position();
      return offset === undefined ? [] : [{ topic: log.topic, partition: log.partition, offset }];
    });
    if (offsets.length > 0) await consumer.commitOffsets(offsets);
  }

  const commitQuietly = (): Promise<void> =>
    commit().catch((error) =>
      report({ kind: "connection", reason: `kafka: not committed: ${messageOf(error)}`, error }),
    );

  /** Partitions of an earlier generation that somebody else has now are given up; those that stay keep what they have. */
  function joined(assignment: { readonly [topic: string]: readonly number[] }): void {
    const mine = new Set(Object.entries(assignment).flatMap(([topic, ids]) => ids.map((id) => keyOf(topic, id))));
    for (const [key, log] of logs) {
      if (mine.has(key)) continue;
      log.end();
      logs.delete(key);
      paused.delete(key);
    }
    isJoined = true;
    heardAt = Date.now();
    roomSince = Date.now();
  }

  function lost(): void {
    isJoined = false;
    for (const log of logs.values()) log.end();
    logs.clear();
    paused.clear();
  }

  async function start(): Promise<void> {
    consumed = await wanted();
    if (consumed.length === 0) return;
    const client = await context.connect();
    const made = client.consumer({
      groupId: subject.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 100,
      metadataMaxAge: 30_000,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 100_000, restartOnFailure: async () => false },
    });
    await run(made);
  }

  async function run(made: KafkaConsumer): Promise<void> {
    let joinedOnce: () => void = () => undefined;
    let failed: (error: unknown) => void = () => undefined;
    const isReady = new Promise<void>((resolve, reject) => {
      joinedOnce = resolve;
      failed = reject;
    });
    isReady.catch(() => undefined);
    const isCurrent = () => consumer === made;
    made.on("consumer.group_join", ({ payload }) => {
      if (!isCurrent()) return;
      joined(payload.memberAssignment);
      joinedOnce();
    });
    made.on("consumer.rebalancing", () => {
      if (isCurrent()) void commitQuietly();
    });
    for (const sign of ["consumer.heartbeat", "consumer.fetch"]) {
      made.on(sign, () => {
        heardAt = Date.now();
      });
    }
    made.on("consumer.network.request_timeout", ({ payload }) => context.cutSilent(String(payload.broker)));
    made.on("consumer.crash", ({ payload }) => {
      failed(payload.error);
      if (isCurrent() && !isStopping) void restart(made, payload.error);
    });
    consumer = made;
    const late = () => unavailable(`the group ${subject.groupId} could not be joined in time`);
    const begin = async () => {
      await made.connect();
      await made.subscribe({ topics: [...consumed], fromBeginning: true });
      await made.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1_000,
        eachBatch,
      });
      await isReady;
    };
    try {
      await withTimeout(begin(), { ms: sessionTimeoutMs + 2 * requestTimeoutMs, late, signal: ended.signal });
    } catch (error) {
      if (isCurrent()) consumer = undefined;
      void valueWithin(made.disconnect(), requestTimeoutMs);
      throw error;
    }
  }

  /** A consumer that has crashed stays so: another one takes its place. */
  async function restart(old: KafkaConsumer, cause?: unknown): Promise<void> {
    consumer = undefined;
    if (cause === undefined) await commitOf(old);
    else report({ kind: "connection", reason: `kafka: ${messageOf(cause)}`, error: cause });
    lost();
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

  async function commitOf(old: KafkaConsumer): Promise<void> {
    consumer = old;
    await valueWithin(commit(), requestTimeoutMs);
    consumer = undefined;
  }

  async function wanted(): Promise<readonly string[]> {
    const { topic, retryTopic } = subject;
    const later = retryTopic ? [retryTopic.name] : [];
    if (!("pattern" in topic)) return [topic.name, ...later];
    return [...(await topics.list()).filter((name) => topic.pattern.test(name)).sort(), ...later];
  }

  async function discover(): Promise<void> {
    if (isStopping || !("pattern" in subject.topic)) return;
    const now = await wanted();
    const old = consumer;
    if (now.join() === consumed.join()) return;
    if (old) await restart(old);
    else await start();
  }

  await prepareSubject(topics, subject);
  await start();
  const everyMs = (ms: number, work: () => Promise<void>): NodeJS.Timeout => {
    let isBusy = false;
    return setInterval(() => {
      if (isBusy || isStopping) return;
      isBusy = true;
      work()
        .catch((error) => report({ kind: "connection", reason: messageOf(error), error }))
        .finally(() => {
          isBusy = false;
        });
    }, ms);
  };
  const timers = [everyMs(commitEveryMs, commitQuietly)];
  if ("pattern" in subject.topic) timers.push(everyMs(discoverEveryMs, discover));

  const connected = (): boolean => isJoined && !isStopping && Date.now() - heardAt < 2_000 + requestTimeoutMs;

  return {
    get address() {
      return "pattern" in subject.topic ? subject.groupId : subject.topic.name;
    },
    connected,
    idleSince: () => (connected() && open < prefetch ? roomSince : undefined),
    async stop() {
      if (isStopping) return;
      isStopping = true;
      for (const timer of timers) clearInterval(timer);
      for (const timer of resting.keys()) clearTimeout(timer);
      const old = consumer;
      if (old && consumed.length > 0) old.pause(consumed.map((topic) => ({ topic })));
      if (open > 0) await valueWithin(new Promise<void>((resolve) => whenEmpty.push(resolve)), stopTimeoutMs);
      // After `stop` the driver takes no commit, and says that it did.
      await valueWithin(commitQuietly(), requestTimeoutMs);
      ended.abort();
      if (old) {
        await valueWithin(old.stop(), 2 * requestTimeoutMs);
        await valueWithin(old.disconnect(), requestTimeoutMs);
      }
      if (subject.isCopy) await valueWithin(topics.forgetGroup(subject.groupId), requestTimeoutMs);
      consumer = undefined;
      lost();
    },
  };
}

/** Makes or verifies the topics of a source, and says where its group begins. */
export async function prepareSubject(topics: Topics, subject: Subject): Promise<void> {
  const { topic, retryTopic, deadTopic } = subject;
  for (const one of [topic, retryTopic, deadTopic]) if (one && "name" in one) await topics.ensure(one);
  if (subject.start !== "latest") return;
  // Topics that come later are read from their first message.
  const now = "name" in topic ? [topic.name] : (await topics.list()).filter((name) => topic.pattern.test(name));
  for (const name of now) await topics.beginNow(subject.groupId, name);
}
