// What a message costs: over RabbitMQ beside amqplib by hand, and in memory.
import { randomUUID } from "node:crypto";
import { createClient, type Endpoint, type Incoming, type Outgoing, serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { kitchen } from "../support/fixtures/kitchen.js";
import { findBroker } from "../support/rabbitmq.js";
import { body, byHand, latency, type Subject, throughput } from "./amqp.js";
import { overKafka } from "./kafka.js";
import { type Metrics, median, metric } from "./metric.js";

const rounds = 5;
const forMs = 1_500;

/** Measures in a vhost of its own. Without RabbitMQ only what needs none. */
export async function measure(): Promise<Metrics> {
  const broker = await findBroker();
  if (!broker) return { ...(await overKafka()), ...(await inMemory()) };
  try {
    return {
      ...(await overAmqp(broker.url, "durable")),
      ...(await overAmqp(broker.url, "private")),
      ...(await overKafka()),
      ...(await inMemory()),
    };
  } finally {
    await broker.release();
  }
}

/** Transport and hand take turns, so that a busy moment of the machine meets both. */
async function overAmqp(url: string, replies: "durable" | "private"): Promise<Metrics> {
  const subjects = [await ours(url, replies), await byHand(url, replies)] as const;
  const many: [number[], number[]] = [[], []];
  const one: [number[], number[]] = [[], []];
  for (const subject of subjects) await throughput(subject, 256, forMs / 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const index of [0, 1] as const) {
      one[index].push(await latency(subjects[index], forMs));
      many[index].push(await throughput(subjects[index], 256, forMs));
    }
  }
  await Promise.all(subjects.map((subject) => subject.close()));
  return {
    [`round-trips-at-256-${replies}-replies`]: metric(median(many[0]), "/s", undefined, median(many[1])),
    [`round-trip-p50-${replies}-replies`]: metric(median(one[0]), "ms", undefined, median(one[1])),
  };
}

/** Commands and replies through the transport. */
async function ours(url: string, replies: "durable" | "private"): Promise<Subject> {
  const [asking, answering] = [createAmqpTransport({ amqplib, url }), createAmqpTransport({ amqplib, url })];
  const to: Endpoint = { address: `bench.${randomUUID()}`, service: "bench", action: "receive" };
  const open = new Map<string, () => void>();
  const common = { type: "bench", body, contentType: "application/json", headers: {} };

  async function answer(incoming: Incoming): Promise<void> {
    const reply: Outgoing = {
      ...common,
      id: randomUUID(),
      sentAt: Date.now(),
      to: { reply: incoming.replyTo ?? "" },
      correlationId: incoming.id,
    };
    const [sent] = await answering.send([reply]);
    if (sent === "accepted") incoming.settle("ack");
  }
  await answering.subscribe({ ...to, durable: true }, { prefetch: 512 }, (batch) => {
    for (const incoming of batch) void answer(incoming);
  });
  const source = { repliesOf: `bench.${randomUUID()}`, durable: replies === "durable" };
  const inbox = await asking.subscribe(source, { prefetch: 512 }, (batch) => {
    for (const { correlationId = "", settle } of batch) {
      open.get(correlationId)?.();
      open.delete(correlationId);
      settle("ack");
    }
  });
  return {
    async request() {
      const id = randomUUID();
      const answered = new Promise<void>((resolve) => open.set(id, resolve));
      await asking.send([{ ...common, id, sentAt: Date.now(), to, replyTo: inbox.address }]);
      await answered;
    },
    async close() {
      await Promise.all([asking.close(), answering.close()]);
    },
  };
}

/** Request and reply with validation, inbox and correlation. */
async function inMemory(): Promise<Metrics> {
  const transport = createMemoryTransport();
  const server = await serve(
    kitchen,
    {
      createTicket: ({ orderId }) => ({ ticketId: orderId }),
      cancelTicket() {},
      weigh: (payload) => ({ name: "light", payload }),
      clean() {},
    },
    transport,
    { prefetch: 256 },
  );
  const client = createClient(kitchen, transport);
  let orderId = 0;
  const subject: Subject = {
    async request() {
      orderId += 1;
      await client.createTicket({ orderId, dishes: ["soup"] });
    },
    close: () => server.close(),
  };
  await throughput(subject, 256, forMs);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await throughput(subject, 256, forMs));
  const p50 = await latency(subject, forMs);
  await subject.close();
  await transport.close();
  return {
    "round-trips-in-memory": metric(median(rates), "/s"),
    "round-trip-p50-in-memory": metric(p50 * 1_000, "us"),
  };
}
