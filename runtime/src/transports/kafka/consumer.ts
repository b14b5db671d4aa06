import { messageOf } from "../../core/errors.js";
import { backoffMs, pause, valueWithin } from "../../core/timing.js";
import type { Incoming, Settlement, Source, Subscription } from "../../messaging/transport.js";
import type { KafkaContext } from "./context.js";
import { createDeadLettering } from "./dead-lettering.js";
import type { KafkaBatch } from "./driver.js";
import { type Assignment, createGroupMember } from "./group-member.js";
import { readMessage } from "./message.js";
import { createPartitionLog, type Entry, type PartitionLog } from "./partition-log.js";
import type { Publisher } from "./publisher.js";
import type { Topics } from "./topics.js";
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
  const { requestTimeoutMs, stopTimeoutMs, report } = context;
  const prefetch = Math.max(1, from.prefetch);
  const subject = subjectOf(from.source);
  const deadLettering = createDeadLettering(publisher, topics, subject);
  const ended = new AbortController();
  const logs = new Map<string, PartitionLog>();
  const paused = new Set<string>();
  const resting = new Map<NodeJS.Timeout, () => void>();
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
    member.consumer()?.resume([{ topic: log.topic, partitions: [log.partition] }]);
  }

  async function eachBatch({ batch, resolveOffset, isRunning, isStale }: KafkaBatch): Promise<void> {
    member.heard();
    if (!isRunning() || isStale() || isStopping) return;
    const log = logOf(batch.topic, batch.partition);
    log.receive(batch.messages, batch.lastOffset());
    // The position of the fetch only; what is committed is another matter.
    resolveOffset(batch.lastOffset());
    if (log.waiting() >= 2 * prefetch) {
      paused.add(keyOf(log.topic, log.partition));
      member.consumer()?.pause([{ topic: log.topic, partitions: [log.partition] }]);
    }
    pump();
  }

  async function commit(): Promise<void> {
    const consumer = member.consumer();
    if (!consumer || !member.connected()) return;
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
  function joined(assignment: Assignment): void {
    const mine = new Set(Object.entries(assignment).flatMap(([topic, ids]) => ids.map((id) => keyOf(topic, id))));
    for (const [key, log] of logs) {
      if (mine.has(key)) continue;
      log.end();
      logs.delete(key);
      paused.delete(key);
    }
    roomSince = Date.now();
  }

  function lost(): void {
    for (const log of logs.values()) log.end();
    logs.clear();
    paused.clear();
  }

  async function wanted(): Promise<readonly string[]> {
    const { topic, retryTopic } = subject;
    const later = retryTopic ? [retryTopic.name] : [];
    if (!("pattern" in topic)) return [topic.name, ...later];
    return [...(await topics.list()).filter((name) => topic.pattern.test(name)).sort(), ...later];
  }

  async function discover(): Promise<void> {
    if ((await wanted()).join() !== member.topics().join()) await member.restart();
  }

  const member = createGroupMember(context, {
    groupId: subject.groupId,
    topics: wanted,
    eachBatch,
    joined,
    rebalancing: commitQuietly,
    lost,
  });
  await prepareSubject(topics, subject);
  await member.start();
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

  const connected = (): boolean => member.connected() && !isStopping;

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
      member.consumer()?.pause(member.topics().map((topic) => ({ topic })));
      if (open > 0) await valueWithin(new Promise<void>((resolve) => whenEmpty.push(resolve)), stopTimeoutMs);
      // After its end the driver takes no commit, and says that it did.
      await valueWithin(commitQuietly(), requestTimeoutMs);
      ended.abort();
      await member.stop();
      if (subject.isCopy) await valueWithin(topics.forgetGroup(subject.groupId), requestTimeoutMs);
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
