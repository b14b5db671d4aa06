// What a runner listens to, and what that is called on an AMQP broker. The broker's own part: test/system/amqp.
import { createSagaRunner, type SagaRunnerOptions, type Source, saga } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import amqplib from "amqplib";
import { expect, onTestFinished, test } from "vitest";
import { deadQueue, queueOf, retryQueue } from "../../../runtime/src/transports/amqp/topology.js";
import { findBroker } from "../../support/rabbitmq.js";
import { OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";

const waiting = saga("waiting", { version: 1, input: OrderSchema })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
  .step("approved", {
    wait: orderEvents.orderApproved,
    key: ({ input }) => input.orderId,
    match: (event) => event.orderId,
    deadline: "1h",
  });

async function sourcesOf(store?: string, more?: Partial<SagaRunnerOptions>): Promise<readonly Source[]> {
  const transport = createMemoryTransport();
  const sources: Source[] = [];
  const { subscribe } = transport;
  transport.subscribe = (source, ...rest) => {
    sources.push(source);
    return subscribe.call(transport, source, ...rest);
  };
  const runner = createSagaRunner({
    service: "order",
    sagas: [waiting],
    store: createMemoryStore(store === undefined ? {} : { name: store }),
    transport,
    ...more,
  });
  onTestFinished(async () => {
    await runner.close();
    await transport.close();
  });
  await runner.start();
  return sources;
}

test("the queues of a runner are named after its service and its store, so that two stores never mix", async () => {
  const [red, blue] = await Promise.all([sourcesOf("red"), sourcesOf("blue")]);
  expect(red.map((source) => queueOf(source).name)).toEqual(["order.replies.red", "order.red.order.events"]);
  expect(blue.map((source) => queueOf(source).name)).toEqual(["order.replies.blue", "order.blue.order.events"]);
});

test("they outlast every worker, and give up on no message", async () => {
  for (const source of await sourcesOf("red")) {
    const { isTransient, options } = queueOf(source);
    expect({ isTransient, ...options }).toMatchObject({ isTransient: false, durable: true });
    expect(options.arguments).not.toHaveProperty("x-expires");
    expect(options.arguments).not.toHaveProperty("x-message-ttl");
  }
});

test("those of a store whose name was made up go when nobody has used them for long", async () => {
  const sources = await sourcesOf();
  expect(sources).toHaveLength(2);
  for (const source of sources) expect(queueOf(source).options.arguments).toHaveProperty("x-expires", 3_600_000);
});

test("they are declared alike whether others are told of sagas or not", async () => {
  const sqlite = createSqliteStore({ path: ":memory:" });
  onTestFinished(() => sqlite.close());
  for (const more of [{}, { store: sqlite }]) {
    const [silent, telling] = [
      await sourcesOf(undefined, more),
      await sourcesOf(undefined, { ...more, lifecycle: { publish: true } }),
    ];
    expect(telling.map((source) => queueOf(source).options)).toEqual(silent.map((source) => queueOf(source).options));
  }
});

const broker = await findBroker();
test.skipIf(!broker)("telling others can be switched on for the queues of an SQLite file that are there", async () => {
  const store = createSqliteStore({ path: ":memory:" });
  const transport = createAmqpTransport({ amqplib, url: broker?.url ?? "", onProblem() {} });
  onTestFinished(async () => {
    await transport.close();
    await store.close();
    await broker?.release();
  });
  const service = `${broker?.prefix}-order`;
  for (const publish of [false, true]) {
    const runner = createSagaRunner({ service, sagas: [waiting], store, transport, lifecycle: { publish } });
    await runner.start();
    await runner.close();
  }
});

test("what waits for another try, and what is set aside, stand beside their queue and cannot be lost", () => {
  expect(retryQueue("kitchen.commands", "kitchen.commands", 500)).toMatchObject({
    name: "kitchen.commands.retry.500",
    options: { arguments: { "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish" } },
  });
  expect(deadQueue("kitchen.commands").name).toBe("kitchen.commands.dead");
});
