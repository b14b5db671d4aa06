/** A peer that knows RabbitMQ and the contract, and has never heard of Sagaspec. */
import {
  createClient,
  createSagaRunner,
  isFailure,
  saga,
  serve,
  subscribe,
  TerminalError,
  type Transport,
} from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemorySagaStore } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { restaurant, restaurantEvents } from "../../../generated/restaurant/index.js";
import { CreateTicketSchema as OrderSchema } from "../../../generated/restaurant/schemas.js";
import { eventually } from "../../support/amqp-messages.js";
import { findBroker } from "../../support/rabbitmq.js";

const broker = await findBroker();
const queue = "restaurant_service.commands";
const order = { orderId: 1, consumerId: 70, items: [{ name: "Dish 1", quantity: 2 }] };

let transport: Transport;
let connection: amqplib.ChannelModel;
let channel: amqplib.ConfirmChannel;

beforeEach(async () => {
  if (!broker) return;
  transport = createAmqpTransport({ amqplib, url: broker.url });
  connection = await amqplib.connect(broker.url);
  channel = await connection.createConfirmChannel();
});
afterEach(async () => {
  await transport?.close();
  await channel?.deleteQueue(queue);
  await connection?.close();
});
afterAll(() => broker?.release());

/** Answers as the document says: by message name, to the address and with the correlation id in the headers. */
async function plainWorker(): Promise<amqplib.ConsumeMessage[]> {
  const seen: amqplib.ConsumeMessage[] = [];
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
  await channel.consume(queue, (request) => {
    if (!request) return;
    seen.push(request);
    const { correlationId, replyTo } = request.properties.headers ?? {};
    const command = JSON.parse(request.content.toString());
    const refused = command.items?.[0]?.name === "Dish 2";
    const [type, payload] = refused
      ? ["ticketRefused", { reason: "sold-out", items: ["Dish 2"] }]
      : request.properties.type === "rejectTicket"
        ? ["ticketRejected", null]
        : ["ticketCreated", { ticketId: 200 }];
    channel.sendToQueue(replyTo, Buffer.from(JSON.stringify(payload)), { type, headers: { correlationId } });
    channel.ack(request);
  });
  return seen;
}

describe.skipIf(!broker)("a plain amqplib peer", () => {
  it("answers a generated client", async () => {
    const seen = await plainWorker();
    const kitchen = createClient(restaurant, transport);
    expect(await kitchen.createTicket(order)).toEqual({ ticketId: 200 });

    const [request] = seen;
    expect(JSON.parse(String(request?.content))).toEqual(order);
    expect(request?.properties).toMatchObject({
      type: "createTicket",
      contentType: "application/json",
      deliveryMode: 2,
    });
    // Both where the contract says it and in AMQP's own place.
    expect(request?.properties.headers?.replyTo).toBe(request?.properties.replyTo);
    expect(request?.properties.headers?.correlationId).toBe(request?.properties.correlationId);
    expect(Number(request?.properties.expiration)).toBeLessThanOrEqual(5_000);
    // Beside the contract's headers only those that a peer may pass over.
    const headers = Object.keys(request?.properties.headers ?? {}).sort();
    expect(headers).toEqual(["accept-failure", "correlationId", "expires-at", "replyTo"]);
  });

  it("is told apart by each of many requests, in whatever order it answers", async () => {
    const waiting: amqplib.ConsumeMessage[] = [];
    await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
    await channel.consume(queue, (request) => void (request && waiting.push(request)), { noAck: true });
    const kitchen = createClient(restaurant, transport);
    const asked = Promise.all([1, 2, 3].map((orderId) => kitchen.createTicket({ ...order, orderId })));
    await eventually(() => waiting.length === 3);
    for (const { properties, content } of waiting.reverse()) {
      const { correlationId, replyTo } = properties.headers ?? {};
      const body = Buffer.from(JSON.stringify({ ticketId: JSON.parse(String(content)).orderId * 10 }));
      channel.sendToQueue(replyTo, body, { type: "ticketCreated", headers: { correlationId } });
    }
    expect((await asked).map(({ ticketId }) => ticketId)).toEqual([10, 20, 30]);
  });

  it("that answers what the contract does not know is told from one that fails", async () => {
    const answers: [string, object][] = [
      ["ticketEaten", { ticketId: 1 }],
      ["ticketCreated", { ticketId: "one" }],
    ];
    await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
    await channel.consume(
      queue,
      (request) => {
        const { correlationId, replyTo } = request?.properties.headers ?? {};
        const [type, payload] = answers.shift() ?? ["", {}];
        channel.sendToQueue(replyTo, Buffer.from(JSON.stringify(payload)), { type, headers: { correlationId } });
      },
      { noAck: true },
    );
    const kitchen = createClient(restaurant, transport);
    await expect(kitchen.createTicket(order)).rejects.toThrow(
      /^\[invalid-reply\] restaurant.createTicket: .*"ticketEaten" is no reply that the contract declares/,
    );
    await expect(kitchen.createTicket(order)).rejects.toThrow(/^\[invalid-reply\] .*"one" at \/ticketId/);
  });

  it("carries out the steps of a saga, and its undo, and knows nothing of sagas", async () => {
    const seen = await plainWorker();
    const definition = saga("order", { version: 1, input: OrderSchema })
      .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
      .step("payment", {
        run: () => {
          throw new TerminalError("no money");
        },
      });
    const store = createMemorySagaStore();
    const sagas = createSagaRunner({
      service: "order",
      sagas: [definition],
      store,
      transport,
    });
    await sagas.start();
    const handle = await sagas.run(definition, { ...order, orderId: 9 });
    expect((await handle.result({ timeout: "15s" })).status).toBe("compensated");
    await sagas.close();
    await channel.deleteQueue(`order.replies.${store.name}`);
    expect(seen.map(({ properties }) => properties.type)).toEqual(["createTicket", "rejectTicket"]);
    const [command, undo] = seen.map(({ properties }) => properties.headers ?? {});
    const own = ["accept-failure", "correlationId", "expires-at", "replyTo", "saga-id", "saga-step"];
    expect(Object.keys(command ?? {}).sort()).toEqual(own);
    expect(undo?.undoes).toBe(seen[0]?.properties.messageId);
    expect(undo).not.toHaveProperty("expires-at");
    expect(JSON.parse(String(seen[1]?.content))).toEqual({ orderId: 9 });
  });

  it("refuses a generated client with a failure of the contract", async () => {
    await plainWorker();
    const kitchen = createClient(restaurant, transport);
    const refused = kitchen.createTicket({ ...order, items: [{ name: "Dish 2", quantity: 1 }] });
    const error = await refused.catch((reason: unknown) => reason);
    expect(isFailure(error, restaurant.createTicket) && error.failure).toEqual({
      name: "ticketRefused",
      payload: { reason: "sold-out", items: ["Dish 2"] },
    });
  });

  it("calls a generated handler, and gets what the contract says and nothing else", async () => {
    await serve(
      restaurant,
      {
        createTicket(asked, { fail }) {
          if (asked.items[0]?.name === "Dish 2") throw fail("ticketRefused", { reason: "closed" });
          return { ticketId: asked.orderId + 100 };
        },
        approveTicket() {},
        rejectTicket() {},
      },
      transport,
    );
    const replies: amqplib.ConsumeMessage[] = [];
    const { queue: replyTo } = await channel.assertQueue("", { exclusive: true });
    await channel.consume(replyTo, (reply) => void (reply && replies.push(reply)), { noAck: true });
    const ask = (correlationId: string, payload: object) =>
      channel.sendToQueue(queue, Buffer.from(JSON.stringify(payload)), {
        type: "createTicket",
        headers: { correlationId, replyTo },
      });

    ask("c-1", order);
    await eventually(() => replies.length === 1);
    expect(JSON.parse(String(replies[0]?.content))).toEqual({ ticketId: 101 });
    expect(replies[0]?.properties).toMatchObject({ type: "ticketCreated", contentType: "application/json" });
    expect(replies[0]?.properties.headers).toEqual({ correlationId: "c-1" });

    ask("c-2", { ...order, orderId: 2, items: [{ name: "Dish 2", quantity: 1 }] });
    await eventually(() => replies.length === 2);
    expect(JSON.parse(String(replies[1]?.content))).toEqual({ reason: "closed" });
    expect(replies[1]?.properties).toMatchObject({ type: "ticketRefused" });
    expect(replies[1]?.properties.headers).toEqual({ correlationId: "c-2" });
  });

  it("is answered where it uses direct reply-to and says so in the header that the contract names", async () => {
    await serve(
      restaurant,
      { createTicket: ({ orderId }) => ({ ticketId: orderId + 100 }), approveTicket() {}, rejectTicket() {} },
      transport,
    );
    const replies: amqplib.ConsumeMessage[] = [];
    const replyTo = "amq.rabbitmq.reply-to";
    await channel.consume(replyTo, (reply) => void (reply && replies.push(reply)), { noAck: true });
    const headers = { correlationId: "direct", replyTo };
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(order)), { type: "createTicket", headers, replyTo });
    await eventually(() => replies.length === 1);
    expect(replies[0]?.properties.headers).toEqual({ correlationId: "direct" });
  });

  it("is answered however long the trace is that it sends along", async () => {
    await serve(
      restaurant,
      { createTicket: ({ orderId }) => ({ ticketId: orderId + 100 }), approveTicket() {}, rejectTicket() {} },
      transport,
    );
    const replies: amqplib.ConsumeMessage[] = [];
    const { queue: replyTo } = await channel.assertQueue("", { exclusive: true });
    await channel.consume(replyTo, (reply) => void (reply && replies.push(reply)), { noAck: true });
    const headers = { correlationId: "traced", replyTo, traceparent: "00-1-2-01", baggage: "b".repeat(60_000) };
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(order)), { type: "createTicket", headers });
    await eventually(() => replies.length === 1);
    expect(replies[0]?.properties.headers).toEqual({ correlationId: "traced", traceparent: "00-1-2-01" });
  });

  it("that sends what the contract does not allow finds it among the dead letters, and the next one is answered", async () => {
    const seen: number[] = [];
    const onProblem = () => {};
    const createTicket = ({ orderId }: { readonly orderId: number }) => {
      seen.push(orderId);
      if (orderId === 4) throw new Error("the oven is cold");
      return { ticketId: orderId };
    };
    await serve(restaurant, { createTicket, approveTicket() {}, rejectTicket() {} }, transport, { onProblem });
    const replies: amqplib.ConsumeMessage[] = [];
    const { queue: replyTo } = await channel.assertQueue("", { exclusive: true });
    await channel.consume(replyTo, (reply) => void (reply && replies.push(reply)), { noAck: true });
    const ask = (messageId: string, body: string, type = "createTicket") => {
      const headers = { correlationId: messageId, replyTo };
      return channel.sendToQueue(queue, Buffer.from(body), { type, messageId, headers });
    };
    ask("cut", '{"orderId": 1');
    ask("wrong", JSON.stringify({ ...order, orderId: "two" }));
    ask("unknown", "{}", "burnTicket");
    ask("broken", JSON.stringify({ ...order, orderId: 4 }));
    ask("good", JSON.stringify({ ...order, orderId: 5 }));
    await eventually(() => replies.length === 1);
    expect(replies[0]?.properties.headers).toEqual({ correlationId: "good" });
    expect(seen.sort()).toEqual([4, 5]);
    await channel.assertQueue(`${queue}.dead`, { durable: true, arguments: { "x-queue-type": "quorum" } });
    const dead: { [id: string]: unknown } = {};
    // RabbitMQ closes the connection of whoever gets from a queue that has just been declared and is not up yet.
    await eventually(async () => (await channel.checkQueue(`${queue}.dead`)).messageCount === 3);
    await eventually(async () => {
      const letter = await channel.get(`${queue}.dead`, { noAck: true });
      if (letter) dead[letter.properties.messageId] = letter.properties.headers?.["x-death-reason"];
      return Object.keys(dead).length === 3;
    });
    expect(dead).toMatchObject({
      cut: expect.stringContaining("is not application/json"),
      wrong: expect.stringContaining('"two" at /orderId, which must be'),
      broken: expect.stringContaining("the oven is cold"),
    });
    expect(replies.length).toBe(1);
    await channel.deleteQueue(`${queue}.dead`);
  });

  it("hears the events of a generated client, and tells some to a generated handler", async () => {
    const heard: string[] = [];
    await subscribe(
      restaurantEvents,
      {
        ticketProgress: {
          ticketReady: ({ ticketId }, { parameters }) => void heard.push(`${ticketId}@${parameters.restaurantId}`),
        },
      },
      transport,
      { group: "waiters" },
    );
    const { queue: own } = await channel.assertQueue("", { exclusive: true });
    await channel.bindQueue(own, "restaurant", "restaurant_service.tickets.*");
    const seen: amqplib.ConsumeMessage[] = [];
    await channel.consume(own, (event) => void (event && seen.push(event)), { noAck: true });

    await createClient(restaurantEvents, transport).ticketProgress.ticketReady(
      { ticketId: 7 },
      { parameters: { restaurantId: "a" } },
    );
    const told = { type: "ticketReady", contentType: "application/json" };
    channel.publish("restaurant", "restaurant_service.tickets.b", Buffer.from('{"ticketId":8}'), told);
    await eventually(() => heard.length === 2 && seen.length === 2);
    expect(heard.sort()).toEqual(["7@a", "8@b"]);
    expect(seen[0]?.properties).toMatchObject({ type: "ticketReady", appId: "restaurant" });
    expect(JSON.parse(String(seen[0]?.content))).toEqual({ ticketId: 7 });
    await channel.deleteQueue("waiters.restaurant_service.tickets.{restaurantId}");
  });
});
