import { describe, expect, it } from "vitest";
import {
  deadQueue,
  queueOf,
  retryDelayMs,
  retryQueue,
  routeOf,
} from "../../../runtime/src/transports/amqp/topology.js";
import { commands, events } from "../../support/amqp-messages.js";

describe("where messages go", () => {
  it("sends commands to the queue named by the address", () => {
    expect(routeOf(commands("kitchen.commands"))).toEqual({ exchange: "", routingKey: "kitchen.commands" });
  });

  it("sends commands to the queue that the binding names", () => {
    const bindings = { amqp: { is: "queue", queue: { name: "legacy" } } };
    expect(routeOf(commands("kitchen.commands", { bindings }))).toEqual({ exchange: "", routingKey: "legacy" });
  });

  it("sends events to the topic exchange of their service, with the address as routing key", () => {
    expect(routeOf(events("tickets.7", "kitchen"))).toMatchObject({
      exchange: "kitchen",
      routingKey: "tickets.7",
      declares: { name: "kitchen", type: "topic", options: { durable: true, autoDelete: false } },
    });
  });

  it("takes an exchange as the binding declares it", () => {
    const exchange = { name: "orders", type: "direct", durable: false, autoDelete: true, "x-note": 1 };
    const route = routeOf(commands("new", { bindings: { amqp: { is: "routingKey", exchange } } }));
    expect(route.declares).toEqual({
      name: "orders",
      type: "direct",
      options: { durable: false, autoDelete: true, arguments: { "x-note": 1 } },
    });
  });
});

describe("what is consumed", () => {
  it("makes a durable quorum queue for commands", () => {
    expect(queueOf(commands("kitchen.commands"))).toMatchObject({
      name: "kitchen.commands",
      isTransient: false,
      options: { durable: true, exclusive: false, autoDelete: false, arguments: { "x-queue-type": "quorum" } },
    });
  });

  it("gives each group a queue of its own, bound by the address", () => {
    expect(queueOf(events("tickets.ready", "kitchen", "waiters"))).toMatchObject({
      name: "waiters.tickets.ready",
      exchange: { name: "kitchen" },
      pattern: "tickets.ready",
      options: { durable: true, arguments: { "x-queue-type": "quorum" } },
    });
  });

  it("queues of a store whose name was made up go when nobody has used them for long", () => {
    const lasting = { durable: true, expiresMs: 60_000 } as const;
    const expiring = { options: { durable: true, arguments: { "x-queue-type": "quorum", "x-expires": 60_000 } } };
    expect(queueOf({ repliesOf: "order.replies.a1b2", ...lasting })).toMatchObject(expiring);
    expect(queueOf({ ...events("tickets.ready", "kitchen", "order.a1b2"), ...lasting })).toMatchObject(expiring);
    const kept = queueOf({ repliesOf: "order.replies.orders", durable: true });
    expect(kept.options.arguments).toEqual({ "x-queue-type": "quorum" });
  });

  it("gives a subscriber without a group a queue that dies with it", () => {
    const one = queueOf(events("tickets.ready", "kitchen"));
    expect(one).toMatchObject({ isTransient: true, options: { durable: false, exclusive: true, autoDelete: true } });
    expect(one.name).not.toBe(queueOf(events("tickets.ready", "kitchen")).name);
  });

  it.each([{ exclusive: true }, { autoDelete: true }, { durable: false }])(
    "declares a classic queue for %o",
    (flag) => {
      const queue = queueOf(commands("q", { bindings: { amqp: { queue: flag } } }));
      expect(queue.options).toMatchObject({ ...flag, arguments: {} });
      expect(queue.isTransient).toBe(true);
    },
  );

  it("takes a queue that the binding describes as it stands there", () => {
    const described = queueOf(commands("q", { bindings: { amqp: { queue: { durable: true } } } }));
    expect(described.options).toEqual({ durable: true, exclusive: false, autoDelete: false, arguments: {} });
    const named = queueOf(commands("q", { bindings: { amqp: { queue: { name: "other" } } } }));
    expect(named.options.arguments).toEqual({ "x-queue-type": "quorum" });
  });

  it("passes arguments beginning with x- on to the broker", () => {
    const queue = { "x-delivery-limit": 5, "x-arguments": { "x-single-active-consumer": true } };
    expect(queueOf(commands("q", { bindings: { amqp: { queue } } })).options.arguments).toEqual({
      "x-delivery-limit": 5,
      "x-single-active-consumer": true,
    });
  });

  it("leaves an open parameter to the topic exchange, and checks what its wildcard cannot", () => {
    expect(queueOf(events("tickets.{restaurantId}.ready", "kitchen", "w"))).toMatchObject({
      pattern: "tickets.*.ready",
      template: /^tickets\..+\.ready$/,
    });
    const partial = queueOf(events("tickets.r-{id}", "kitchen", "w"));
    expect(partial.pattern).toBe("tickets.*");
    expect(partial.template?.test("tickets.r-7")).toBe(true);
    expect(partial.template?.test("tickets.x-7")).toBe(false);
  });

  it("refuses an open parameter where there are no patterns, and names it", () => {
    expect(() => queueOf(commands("orders.{shop}"))).toThrow(/invalid-usage.*orders\.\{shop\}.*"shop"/);
  });

  it("settles automatically where the operation's binding says so", () => {
    expect(queueOf(commands("q", { bindings: { amqp: { ack: false } } })).noAck).toBe(true);
  });
});

describe("what is set aside", () => {
  it("waits in one queue for each delay, and none for every jitter", () => {
    expect([1, 100, 150, 480, 750, 2_100, 30_000].map(retryDelayMs)).toEqual([
      100, 100, 200, 500, 1_000, 2_000, 20_000,
    ]);
  });

  it("cannot be lost on the way back", () => {
    expect(retryQueue("orders", "orders", 500)).toMatchObject({
      name: "orders.retry.500",
      options: {
        arguments: {
          "x-message-ttl": 500,
          "x-dead-letter-routing-key": "orders",
          "x-dead-letter-strategy": "at-least-once",
          "x-overflow": "reject-publish",
        },
      },
    });
    expect(deadQueue("orders").name).toBe("orders.dead");
  });
});
