/** Round trips over RabbitMQ: the transport, beside a loop written by hand on amqplib with the same durability. */
import { randomUUID } from "node:crypto";
import type { Endpoint, Incoming, Outgoing } from "@sagaspec/runtime";
import { type AmqpDriver, createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";

/** Something that answers requests, each in its own time. */
export interface Subject {
  request(): Promise<void>;
  close(): Promise<void>;
}

export interface AmqpFigures {
  /** Milliseconds, one request at a time. */
  readonly p50: number;
  /** Round trips a second with 64 and 256 requests open. */
  readonly at64: number;
  readonly at256: number;
}

type Replies = "durable" | "private" | "direct";

const body = Buffer.from(JSON.stringify({ orderId: 1, customerId: 70, items: [{ name: "Dish", quantity: 2 }] }));
const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };

/** Commands and replies through the transport. */
async function ours(url: string, replies: "durable" | "private", driver: AmqpDriver = amqplib): Promise<Subject> {
  const [asking, answering] = [createAmqpTransport(driver, { url }), createAmqpTransport(driver, { url })];
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

/** amqplib with its socket out of sight: the transport cannot gather its writes, and each is a packet. */
const ungathered: AmqpDriver = {
  async connect(url, options) {
    const connection = await amqplib.connect(url, options);
    return {
      createChannel: () => connection.createChannel(),
      createConfirmChannel: () => connection.createConfirmChannel(),
      close: () => connection.close(),
      on: (event, listener) => connection.on(event, listener),
    };
  },
};

/** The same by hand: persistent, confirmed, acknowledged after the reply is confirmed. */
export async function byHand(url: string, replies: Replies): Promise<Subject> {
  const connect = () => amqplib.connect(url, { noDelay: true });
  const connections = await Promise.all([connect(), connect(), connect(), connect()]);
  const [asking, inbox, answering, serving] = connections;
  const requests = await asking.createConfirmChannel();
  const inboxChannel = replies === "direct" ? requests : await inbox.createChannel();
  const answers = await answering.createConfirmChannel();
  const server = await serving.createChannel();
  const queue = `bench.${randomUUID()}`;
  const replyTo = replies === "direct" ? "amq.rabbitmq.reply-to" : `bench.${randomUUID()}`;
  const open = new Map<string, () => void>();

  await server.assertQueue(queue, quorum);
  await server.prefetch(512);
  await server.consume(queue, (request) => {
    if (!request) return;
    const { messageId: correlationId, replyTo: to } = request.properties;
    const properties = { correlationId, messageId: randomUUID(), persistent: true, contentType: "application/json" };
    answers.publish("", to, body, { ...properties, mandatory: true }, (error) => {
      if (!error) server.ack(request);
    });
  });
  if (replies === "durable") await inboxChannel.assertQueue(replyTo, quorum);
  if (replies === "private")
    await inboxChannel.assertQueue(replyTo, { durable: false, exclusive: true, autoDelete: true });
  if (replies !== "direct") await inboxChannel.prefetch(512);
  const noAck = replies !== "durable";
  await inboxChannel.consume(
    replyTo,
    (reply) => {
      if (!reply) return;
      open.get(reply.properties.correlationId)?.();
      open.delete(reply.properties.correlationId);
      if (!noAck) inboxChannel.ack(reply);
    },
    { noAck },
  );
  return {
    async request() {
      const messageId = randomUUID();
      const answered = new Promise<void>((resolve) => open.set(messageId, resolve));
      const properties = { messageId, replyTo, persistent: true, mandatory: true, contentType: "application/json" };
      await new Promise<void>((resolve, reject) => {
        requests.publish("", queue, body, properties, (error) => (error ? reject(error) : resolve()));
      });
      await answered;
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

/** Requests a second with `inFlight` of them open. */
export async function throughput(subject: Subject, inFlight: number, forMs: number): Promise<number> {
  const end = performance.now() + forMs;
  const started = performance.now();
  let done = 0;
  const lanes = Array.from({ length: inFlight }, async () => {
    for (; performance.now() < end; done++) await subject.request();
  });
  await Promise.all(lanes);
  return (done / (performance.now() - started)) * 1_000;
}

/** Median time of a request, in milliseconds, one after the other. */
export async function latency(subject: Subject, forMs: number): Promise<number> {
  const times: number[] = [];
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const started = performance.now();
    await subject.request();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Measures all subjects in turns, so that a busy moment of the machine meets each of them; the medians count. */
async function figures(subjects: ReadonlyMap<string, Subject>, rounds: number, forMs: number) {
  const all = new Map<string, AmqpFigures[]>(Array.from(subjects.keys(), (name) => [name, []]));
  for (const subject of subjects.values()) await throughput(subject, 64, forMs / 2);
  for (let round = 0; round < rounds; round++) {
    for (const [name, subject] of subjects) {
      const p50 = await latency(subject, forMs);
      const at64 = await throughput(subject, 64, forMs);
      all.get(name)?.push({ p50, at64, at256: await throughput(subject, 256, forMs) });
    }
  }
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
  return new Map(
    Array.from(all, ([name, runs]) => [
      name,
      {
        p50: median(runs.map(({ p50 }) => p50)),
        at64: median(runs.map(({ at64 }) => at64)),
        at256: median(runs.map(({ at256 }) => at256)),
      },
    ]),
  );
}

/**
 * Prints round trips over the broker at `url`, and returns them by subject.
 * @param options.rounds how often each subject is measured; the median counts. @default 3
 * @param options.forMs length of one measurement. @default 1_000
 */
export async function benchAmqp(
  url: string,
  options: { rounds?: number; forMs?: number } = {},
): Promise<ReadonlyMap<string, AmqpFigures>> {
  const subjects = new Map<string, Subject>([
    ["durable replies, by hand", await byHand(url, "durable")],
    ["durable replies, ours", await ours(url, "durable")],
    ["durable replies, ours, a packet each", await ours(url, "durable", ungathered)],
    ["private replies, by hand", await byHand(url, "private")],
    ["private replies, ours", await ours(url, "private")],
    ["direct reply-to, by hand", await byHand(url, "direct")],
  ]);
  const measured = await figures(subjects, options.rounds ?? 3, options.forMs ?? 1_000);
  await Promise.all(Array.from(subjects.values(), (subject) => subject.close()));
  for (const [name, { p50, at64, at256 }] of measured) {
    const floor = measured.get(name.replace(/ours.*/, "by hand"));
    const beside = (value: number, other: number | undefined) =>
      other && name.includes("ours") ? ` (${(value / other).toFixed(2)}x)` : "";
    console.log(
      `${name.padEnd(36)} p50 ${p50.toFixed(2)} ms${beside(p50, floor?.p50)}, ` +
        `64 open: ${at64.toFixed(0)}/s${beside(at64, floor?.at64)}, 256 open: ${at256.toFixed(0)}/s${beside(at256, floor?.at256)}`,
    );
  }
  return measured;
}
