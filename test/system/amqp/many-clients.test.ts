import { createClient, type Problem, serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemoryInbox } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { afterAll, describe, expect, test } from "vitest";
import { kitchen } from "../../support/fixtures/kitchen.js";
import { findBroker } from "../../support/rabbitmq.js";

const broker = await findBroker();
afterAll(() => broker?.release());

const handlers = {
  createTicket: ({ orderId }: { orderId: number }) => ({ ticketId: orderId }),
  cancelTicket() {},
  weigh: (payload: { grams: number }) => ({ name: "light" as const, payload }),
  clean() {},
};
const order = { orderId: 1, dishes: ["soup"] };

describe.skipIf(!broker)("on RabbitMQ", () => {
  test("clients that are disposed of leave channel and queue: 2,100 one after the other work", async () => {
    const transport = createAmqpTransport({ amqplib, url: broker?.url ?? "" });
    const server = await serve(kitchen, handlers, transport);
    for (let count = 0; count < 2_100; count += 1) {
      await using client = createClient(kitchen, transport, { name: `one-of-many-${count}` });
      // Most of them only ask, a few at a time, so that the test is quick.
      expect(await client.createTicket(order)).toEqual({ ticketId: 1 });
    }
    await server.close();
    await transport.close();
  });

  test("a request of a client that is closed ends at once, and so does the next one", async () => {
    const transport = createAmqpTransport({ amqplib, url: broker?.url ?? "" });
    const never = { ...handlers, createTicket: () => new Promise<{ ticketId: number }>(() => undefined) };
    const server = await serve(kitchen, never, transport, { drain: "10ms" });
    const client = createClient(kitchen, transport);
    const asked = client.createTicket(order);
    asked.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await client[Symbol.asyncDispose]();
    await expect(asked).rejects.toMatchObject({ code: "transport-closed" });
    await expect(client.createTicket(order)).rejects.toMatchObject({ code: "transport-closed" });
    await server.close();
    await transport.close();
  });

  test("a step of a saga that is executed with an inbox in memory is warned of once; with an inbox that lasts never", async () => {
    for (const inbox of [undefined, createMemoryInbox()]) {
      const problems: Problem[] = [];
      const transport = createAmqpTransport({ amqplib, url: broker?.url ?? "" });
      const onProblem = (problem: Problem) => problems.push(problem);
      const server = await serve(kitchen, handlers, transport, { onProblem, ...(inbox && { inbox }) });
      const client = createClient(kitchen, transport);
      await client.createTicket(order);
      expect(problems).toEqual([]);
      for (let step = 0; step < 2; step += 1)
        await client.createTicket(order, { headers: { "saga-id": "s" } as never });
      expect(problems.map(({ kind }) => kind)).toEqual(inbox ? [] : ["volatile-inbox"]);
      await server.close();
      await transport.close();
    }
  });
});
