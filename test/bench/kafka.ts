/** Messages through Kafka, beside kafkajs by hand with the same settings: batches of 500, 250 bytes, 4 partitions. */
import { randomUUID } from "node:crypto";
import type { Endpoint, Outgoing } from "@sagaspec/runtime";
import { createKafkaTransport } from "@sagaspec/runtime/kafka";
import kafkajs from "kafkajs";
import { findKafka } from "../support/kafka.js";
import { type Metrics, median, metric } from "./metric.js";

const rounds = 5;
const perBatch = 500;
const batches = 60;
const body = Buffer.alloc(250, "x");

/** Nothing where there is no Kafka. */
export async function overKafka(): Promise<Metrics> {
  const kafka = await findKafka();
  if (!kafka) return {};
  try {
    const [produced, consumed] = await measure(kafka.brokers);
    return {
      "kafka-produced": metric(median(produced[0]), "/s", ["ratio", ">=", 0.8], median(produced[1])),
      "kafka-consumed": metric(median(consumed[0]), "/s", ["ratio", ">=", 0.8], median(consumed[1])),
    };
  } finally {
    await kafka.release();
  }
}

type InTurns = readonly [ours: number[], byHand: number[]];

async function measure(brokers: readonly string[]): Promise<readonly [InTurns, InTurns]> {
  const produced: InTurns = [[], []];
  const consumed: InTurns = [[], []];
  const transport = createKafkaTransport({ kafkajs, brokers, partitions: 4, onProblem() {} });
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const byTransport = async (to: Endpoint) =>
    void (await transport.send(Array.from({ length: perBatch }, () => message(to))));
  const byHand = async ({ address: topic }: Endpoint) => {
    const messages = Array.from({ length: perBatch }, () => ({ value: body, headers: headers() }));
    await producer.send({ topic, messages });
  };
  for (let round = 0; round <= rounds; round += 1) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const send = index === 0 ? byTransport : byHand;
      const consume = index === 0 ? consumeByTransport : consumeByHand;
      const address = `bench.${randomUUID()}`;
      const to: Endpoint = { address, service: address, action: "receive" };
      await transport.prepare([{ ...to, group: address, durable: true }], "declare");
      // What comes first to a topic waits for its files.
      await send(to);
      const sent = await rate(batches * perBatch, async () => {
        for (let at = 0; at < batches; at += 1) await send(to);
      });
      const count = (batches + 1) * perBatch;
      const got = await consume({ transport, client }, to, count);
      // The first round warms up.
      if (round === 0) continue;
      produced[index].push(sent);
      consumed[index].push(got);
    }
  }
  await Promise.all([transport.close(), producer.disconnect()]);
  return [produced, consumed];
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - started);
}

const headers = () => ({ "message-id": randomUUID(), "message-type": "bench", "content-type": "application/json" });

function message(to: Endpoint): Outgoing {
  const content = { type: "bench", body, contentType: "application/json", headers: {} };
  return { ...content, to, id: randomUUID(), sentAt: Date.now() };
}

interface Subjects {
  readonly transport: ReturnType<typeof createKafkaTransport>;
  readonly client: InstanceType<typeof kafkajs.Kafka>;
}

/** Messages a second from the first one on; joining the group is no part of it. */
function counter(count: number) {
  let got = 0;
  let first = 0;
  let done: (perSecond: number) => void = () => undefined;
  const all = new Promise<number>((resolve) => {
    done = resolve;
  });
  return {
    all,
    add(messages: number) {
      first ||= performance.now();
      got += messages;
      if (got >= count) done((count * 1_000) / (performance.now() - first));
    },
  };
}

async function consumeByTransport({ transport }: Subjects, to: Endpoint, count: number): Promise<number> {
  const { all, add } = counter(count);
  const source = { ...to, group: to.address, durable: true };
  const subscription = await transport.subscribe(source, { prefetch: 1_000 }, (batch) => {
    for (const incoming of batch) incoming.settle("ack");
    add(batch.length);
  });
  const perSecond = await all;
  await subscription.stop();
  return perSecond;
}

async function consumeByHand({ client }: Subjects, { address: topic }: Endpoint, count: number): Promise<number> {
  const consumer = client.consumer({
    groupId: `bench.${randomUUID()}`,
    maxWaitTimeInMs: 100,
    heartbeatInterval: 1_000,
  });
  const { all, add } = counter(count);
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 200,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
      let read = 0;
      // What any program has to do: read headers and body.
      for (const one of batch.messages) if (String(one.headers?.["message-id"]) !== "" && one.value) read += 1;
      resolveOffset(batch.lastOffset());
      await commitOffsetsIfNecessary();
      add(read);
    },
  });
  const perSecond = await all;
  await consumer.disconnect();
  return perSecond;
}
