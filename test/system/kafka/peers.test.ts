import type { Incoming } from "@sagaspec/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findKafka } from "../../support/kafka.js";
import { commandsOf, messageTo, plain, text, transportTo, unique, until } from "./records.js";

const kafka = await findKafka();
afterAll(() => kafka?.release());

describe.skipIf(!kafka)("peers in plain kafkajs", () => {
  const brokers = kafka?.brokers ?? [];
  const transport = transportTo(brokers);
  const client = plain(brokers);
  const producer = client.producer();
  beforeAll(() => producer.connect());
  afterAll(async () => {
    await producer.disconnect();
    await transport.close();
  });

  async function made(topic: string): Promise<string> {
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    await admin.disconnect();
    return topic;
  }

  async function readFrom(topic: string, partition?: number) {
    const got: { headers: Record<string, Buffer>; value: string; partition: number }[] = [];
    const consumer = client.consumer({ groupId: unique("peer") });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message, partition: from }) => {
        if (partition !== undefined && from !== partition) return;
        const headers = (message.headers ?? {}) as Record<string, Buffer>;
        got.push({ headers, value: message.value?.toString() ?? "", partition: from });
      },
    });
    return { got, stop: () => consumer.disconnect() };
  }

  test.each([
    [
      "Spring, with a partition in four bytes and an id in sixteen",
      Buffer.from([0, 0, 0, 2]),
      Buffer.from("00112233445566778899aabbccddeeff", "hex"),
    ],
    ["NestJS, with a partition in digits and an id in letters", Buffer.from("2"), Buffer.from("a-nest-id")],
  ])("a requester as %s gets its answer where it asked for it", async (_, partition, correlation) => {
    const service = unique("asked");
    const replies = await made(unique("replies"));
    await transport.subscribe(commandsOf(service), { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        const reply = messageTo({ reply: incoming.replyTo ?? "" }, "answer", `re: ${text(incoming)}`);
        void transport.send([reply]).then(() => incoming.settle("ack"));
      }
    });
    const peer = await readFrom(replies, 2);
    const headers = { kafka_replyTopic: replies, kafka_replyPartition: partition, kafka_correlationId: correlation };
    await producer.send({ topic: service, messages: [{ value: "hello", headers }] });
    await until(() => peer.got.length === 1, "the answer");
    expect(peer.got[0]).toMatchObject({ value: "re: hello", partition: 2 });
    expect(peer.got[0]?.headers.kafka_correlationId).toEqual(correlation);
    await peer.stop();
  });

  test("a replier that echoes the headers of Spring answers a client of ours", async () => {
    const topic = await made(unique("served"));
    const server = client.consumer({ groupId: unique("peer") });
    await server.connect();
    await server.subscribe({ topics: [topic], fromBeginning: true });
    await server.run({
      eachMessage: async ({ message }) => {
        const {
          kafka_replyTopic: to,
          kafka_replyPartition: partition,
          kafka_correlationId: id,
        } = message.headers ?? {};
        const reply = { value: `re: ${message.value}`, headers: { kafka_correlationId: id as Buffer } };
        const at = (partition as Buffer).readInt32BE();
        await producer.send({ topic: String(to), messages: [{ ...reply, partition: at }] });
      },
    });
    const got: Incoming[] = [];
    const replies = await transport.subscribe(
      { repliesOf: unique("client"), durable: false },
      { prefetch: 10 },
      (batch) => {
        got.push(...batch);
      },
    );
    const to = { address: topic, service: topic, action: "receive" } as const;
    const request = messageTo(to, "r1", "hello", { replyTo: replies.address, correlationId: "r1#1" });
    expect(await transport.send([request])).toEqual(["accepted"]);
    await until(() => got.length === 1, "the answer");
    expect(got[0]?.correlationId).toBe("r1#1");
    expect(text(got[0] as Incoming)).toBe("re: hello");
    await server.disconnect();
  });

  test("a record without any header is a message of its position, and a record without a body is passed over", async () => {
    const service = unique("bare");
    const got: Incoming[] = [];
    await transport.subscribe(commandsOf(service), { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        got.push(incoming);
        incoming.settle("ack");
      }
    });
    await producer.send({
      topic: service,
      messages: [
        { key: "k", value: null },
        { key: "k", value: "bare" },
      ],
    });
    await until(() => got.length === 1, "the message");
    expect(got[0]).toMatchObject({
      id: expect.stringMatching(`^${service}/\\d+/1$`),
      type: "",
      partitionKey: "k",
      headers: {},
    });
  });

  test("odd records stop nothing: each is handed on or passed over", async () => {
    const service = unique("hostile");
    const count = Number(process.env.KAFKA_HOSTILE ?? 2_000);
    const got = new Set<string>();
    await transport.subscribe(commandsOf(service), { prefetch: 500 }, (batch) => {
      for (const incoming of batch) {
        got.add(incoming.id);
        incoming.settle(Math.random() < 0.05 ? { dead: "odd" } : "ack");
      }
    });
    const names = [
      "message-id",
      "message-type",
      "content-type",
      "expires-at",
      "json-headers",
      "reply-to",
      "x-deliveries",
    ];
    const more = ["kafka_replyTopic", "kafka_replyPartition", "kafka_correlationId", "x-retry-at", "correlation-id"];
    const values = ["", "-1", "NaN", "{", '["a"]', "\u0000", "🙂".repeat(50), "9".repeat(30), "a/b/c/d/e"];
    const bytes = values.map((value) => Buffer.from(value)).concat(Buffer.from([0xff, 0xfe, 0xc0]), Buffer.alloc(4));
    const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
    const messages = Array.from({ length: count }, () => ({
      key: pick([null, "k", Buffer.from([0xff]), ""]) as string | null,
      value: pick([Buffer.alloc(0), ...bytes]),
      headers: Object.fromEntries(
        Array.from({ length: 3 }, () => [pick([...names, ...more, "a", "__proto__"]), pick(bytes)]),
      ),
    }));
    for (let at = 0; at < count; at += 500)
      await producer.send({ topic: service, messages: messages.slice(at, at + 500) });
    await producer.send({
      topic: service,
      messages: Array.from({ length: 30 }, (_, at) => ({
        key: `e${at}`,
        value: "end",
        headers: { "message-id": `end${at}` },
      })),
    });
    await until(
      () => Array.from({ length: 30 }, (_, at) => `end${at}`).every((id) => got.has(id)),
      "what came after them",
    );
  });
});
