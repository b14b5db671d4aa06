/** Round trips over RabbitMQ, written by hand on amqplib: what everything else is measured beside. */
import { randomUUID } from "node:crypto";
import amqplib from "amqplib";

/** Something that answers requests, each in its own time. */
export interface Subject {
  request(): Promise<void>;
  close(): Promise<void>;
}

export type Replies = "durable" | "private" | "direct";

/** What the requests carry. */
export const body: Buffer = Buffer.from(
  JSON.stringify({ orderId: 1, customerId: 70, items: [{ name: "Dish", quantity: 2 }] }),
);
/** How every queue here is declared. */
export const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };

/** Commands and replies: persistent, confirmed, acknowledged after the reply is confirmed. */
export async function byHand(url: string, replies: Replies): Promise<Subject> {
  const queue = `bench.${randomUUID()}`;
  const answering = await answerByHand(url, queue);
  const asking = await askByHand(url, queue, replies);
  return {
    request: asking.request,
    async close() {
      await Promise.all([asking.close(), answering.close()]);
    },
  };
}

/** The half that asks. */
export async function askByHand(url: string, queue: string, replies: Replies): Promise<Subject> {
  const connections = await Promise.all([connect(url), connect(url)]);
  const [asking, inbox] = connections;
  const requests = await asking.createConfirmChannel();
  const inboxChannel = replies === "direct" ? requests : await inbox.createChannel();
  const replyTo = replies === "direct" ? "amq.rabbitmq.reply-to" : `bench.${randomUUID()}`;
  const open = new Map<string, () => void>();
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
    close: () => closeAll(connections),
  };
}

/** The half that answers. */
export async function answerByHand(url: string, queue: string): Promise<{ close(): Promise<void> }> {
  const connections = await Promise.all([connect(url), connect(url)]);
  const [answering, serving] = connections;
  const answers = await answering.createConfirmChannel();
  const server = await serving.createChannel();
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
  return { close: () => closeAll(connections) };
}

export function connect(url: string): Promise<amqplib.ChannelModel> {
  return amqplib.connect(url, { noDelay: true });
}

export async function closeAll(connections: readonly amqplib.ChannelModel[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
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
