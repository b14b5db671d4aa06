/** A peer that knows RabbitMQ and the contract, and has never heard of Sagaspec. */
import { createClient, isFailure, serve, subscribe, type Transport } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { restaurant, restaurantEvents } from "../../generated/restaurant/index.js";
import { eventually } from "../support/amqp-messages.js";
import { findBroker } from "../support/rabbitmq.js";

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
    expect(replies[1]?.properties).toMatchObject({ type: "ticketRefused", headers: { correlationId: "c-2" } });
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
