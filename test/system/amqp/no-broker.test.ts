// A broker that is not there: everybody who needs one says so, soon, and says where it was looked for.
import { createClient, createSagaRunner, saga, serve, type Transport } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemorySagaStore } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../support/rabbitmq.js";
import { type Order, OrderSchema, restaurant } from "../../support/saga/contracts.js";

const order: Order = { orderId: 1, consumerId: 70, price: 20 };
let transport: Transport;
let expected: RegExp;

beforeEach(async () => {
  const port = await freePort();
  transport = createAmqpTransport({ amqplib, url: `amqp://user:secret@127.0.0.1:${port}`, connectAttempts: 2 });
  expected = new RegExp(`^\\[transport-unavailable\\] 127\\.0\\.0\\.1:${port}: .*2 attempts.*; `);
});
afterEach(() => transport.close());

describe("without a broker", () => {
  it("a client's request ends with where it was looked for, and can be tried again", async () => {
    const client = createClient(restaurant, transport);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await client.createTicket(order).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "transport-unavailable", retryable: true });
      expect((error as Error).message).toMatch(expected);
      expect((error as Error).message).not.toContain("secret");
    }
  });

  it("a service does not start", async () => {
    const handlers = { createTicket: () => ({ ticketId: 1 }), approveTicket() {}, rejectTicket() {} };
    await expect(serve(restaurant, handlers, transport)).rejects.toThrow(expected);
  });

  it("a runner of sagas does not start", async () => {
    const definition = saga("order", { version: 1, input: OrderSchema }).step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
    });
    const sagas = createSagaRunner({
      service: "order",
      sagas: [definition],
      store: createMemorySagaStore(),
      transport,
    });
    await expect(sagas.start()).rejects.toThrow(expected);
    await sagas.close();
  });
});
