/** Messages on their way out: gathered while a request is under way, one request at a time. */
import { messageOf } from "../../core/errors.js";
import { valueWithin, withTimeout } from "../../core/timing.js";
import type { SendResult } from "../../messaging/transport.js";
import type { KafkaContext } from "./context.js";
import type { KafkaPartitioner, KafkaProducer, KafkaRecord } from "./driver.js";
import { type Topics, unavailable } from "./topics.js";

/** A record that waits for its turn. */
export interface Publication {
  readonly topic: string;
  /** Its key decides the partition, so that messages of one key keep their order; without one each takes its turn. */
  readonly record: KafkaRecord;
  /** Milliseconds since 1970; not sent afterwards. */
  readonly expiresAt?: number;
}

export interface Publisher {
  /**
   * One result a record, in order; each after `sendTimeout` at the latest.
   * @throws SagaspecError `transport-unavailable` when no broker ever answered
   */
  publish(batch: readonly Publication[]): Promise<SendResult[]>;
  /** Lets what waits go out, within `stopTimeout`. */
  close(): Promise<void>;
}

interface Pending {
  readonly publication: Publication;
  settle(result: SendResult): void;
}

/** Records of one request. Brokers refuse more than about 1 MB for a partition. */
const maxBatchBytes = 900_000;
const maxBatchRecords = 1_000;

/** What a broker says of a record that it will never take: it is found by sending its neighbours apart. */
const suspects = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD", "INVALID_TIMESTAMP"]);
const forbidden = new Set(["TOPIC_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED", "INVALID_TOPIC_EXCEPTION"]);

export function createPublisher(context: KafkaContext, topics: Topics): Publisher {
  const { sendTimeoutMs, requestTimeoutMs, maxWaiting } = context;
  const partitionBy = partitioner(context.driver.Partitioners.JavaCompatiblePartitioner());
  const waiting: Pending[] = [];
  let producer: Promise<KafkaProducer> | undefined;
  let hasAnswered = false;
  let running: Promise<void> | undefined;

  async function connected(): Promise<KafkaProducer> {
    producer ??= (async () => {
      const client = await context.connect();
      const made = client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
        retry: { initialRetryTime: 100, maxRetryTime: 500, retries: Math.max(5, Math.ceil(sendTimeoutMs / 500)) },
      });
      await withTimeout(made.connect(), { ms: sendTimeoutMs, late: () => unavailable("no broker answers") });
      return made;
    })();
    try {
      const made = await producer;
      hasAnswered = true;
      return made;
    } catch (error) {
      producer = undefined;
      throw error;
    }
  }

  // Sequence numbers of a producer that was refused something are no longer the broker's: what it sent next would pass
  // for a repetition, and be lost.
  function renew(): void {
    const old = producer;
    producer = undefined;
    void old?.then((made) => valueWithin(made.disconnect(), requestTimeoutMs)).catch(() => undefined);
  }

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      await write(batch);
    }
  }

  async function write(batch: readonly Pending[]): Promise<void> {
    const now = Date.now();
    const open = batch.filter((one) => {
      const isLate = (one.publication.expiresAt ?? Number.POSITIVE_INFINITY) <= now;
      if (isLate) one.settle("unknown");
      return !isLate;
    });
    if (open.length === 0) return;
    try {
      const made = await connected();
      const late = () => unavailable("the broker did not confirm in time");
      await withTimeout(made.sendBatch(requestOf(open, context)), { ms: sendTimeoutMs, late });
      for (const one of open) one.settle("accepted");
    } catch (error) {
      renew();
      await judge(open, error);
    }
  }

  async function judge(batch: readonly Pending[], error: unknown): Promise<void> {
    const type = typeOf(error);
    const reason = messageOf(error);
    if (type !== undefined && (suspects.has(type) || forbidden.has(type))) {
      const [first, ...others] = batch;
      if (others.length === 0) return first?.settle({ refused: reason, retryable: false });
      const half = Math.ceil(batch.length / 2);
      await write(batch.slice(0, half));
      await write(batch.slice(half));
      return;
    }
    const result: SendResult = type === "NOT_ENOUGH_REPLICAS" ? { refused: reason, retryable: true } : "unknown";
    if (batch.length > 0) context.report({ kind: "connection", reason: `kafka: not confirmed: ${reason}`, error });
    for (const one of batch) one.settle(result);
  }

  function start(): void {
    // What is sent in one turn of the event loop goes out together.
    running ??= Promise.resolve()
      .then(pump)
      .finally(() => {
        running = undefined;
        if (waiting.length > 0) start();
      });
  }

  async function publish(batch: readonly Publication[]): Promise<SendResult[]> {
    if (!hasAnswered) await connected();
    const counts = new Map<string, number>();
    for (const { topic } of batch) {
      if (!counts.has(topic)) counts.set(topic, await topics.partitionsOf(topic).catch(() => -1));
    }
    const results: SendResult[] = new Array(batch.length).fill("unknown");
    if (batch.length === 0) return results;
    await new Promise<void>((resolve) => {
      let open = batch.length;
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, sendTimeoutMs);
      batch.forEach((publication, index) => {
        const settle = (result: SendResult) => {
          results[index] = result;
          if (--open === 0) end();
        };
        const partitions = counts.get(publication.topic) ?? 0;
        if (partitions === 0) settle("unroutable");
        else if (partitions < 0 || waiting.length >= maxWaiting) settle("unknown");
        else {
          publication.record.partition ??= partitionBy(publication, partitions);
          waiting.push({ publication, settle });
        }
      });
      start();
    });
    return [...results];
  }

  return {
    publish,
    async close() {
      await valueWithin(running ?? Promise.resolve(), context.stopTimeoutMs);
      const made = await producer?.catch(() => undefined);
      producer = undefined;
      if (made) await valueWithin(made.disconnect(), requestTimeoutMs);
    },
  };
}

function takeBatch(waiting: Pending[]): Pending[] {
  let bytes = 0;
  let count = 0;
  while (count < waiting.length && count < maxBatchRecords) {
    const pending = waiting[count];
    bytes += pending ? sizeOf(pending.publication.record) : 0;
    if (bytes > maxBatchBytes && count > 0) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function requestOf(batch: readonly Pending[], { sendTimeoutMs, compression }: KafkaContext) {
  const byTopic = new Map<string, KafkaRecord[]>();
  for (const { publication } of batch) {
    const { topic, record } = publication;
    const records = byTopic.get(topic);
    if (records) records.push(record);
    else byTopic.set(topic, [record]);
  }
  const topicMessages = Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
  return { acks: -1, timeout: sendTimeoutMs, compression, topicMessages };
}

/** Chosen once for a message: asked for each attempt, the driver would put repetitions into other partitions. */
function partitioner(choose: KafkaPartitioner): (publication: Publication, partitions: number) => number {
  const metadata = new Map<number, object[]>();
  let turn = 0;
  return ({ topic, record: { key } }, partitions) => {
    if (key === null) return turn++ % partitions;
    let partitionMetadata = metadata.get(partitions);
    if (!partitionMetadata) {
      partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }));
      metadata.set(partitions, partitionMetadata);
    }
    return choose({ topic, partitionMetadata, message: { key, value: null } });
  };
}

/** At most so many bytes: a character may take three. */
function sizeOf({ key, value, headers }: KafkaRecord): number {
  let size = 70 + (key?.length ?? 0) * 3 + (value?.length ?? 0);
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) * 3 + 4;
  return size;
}

/** The broker's name for an error; retries wrap it. */
function typeOf(error: unknown): string | undefined {
  for (let one: unknown = error; typeof one === "object" && one !== null; ) {
    const { type, cause, originalError } = one as { type?: unknown; cause?: unknown; originalError?: unknown };
    if (typeof type === "string") return type;
    one = cause ?? originalError;
  }
  return undefined;
}
