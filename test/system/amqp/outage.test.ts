import { setTimeout as wait } from "node:timers/promises";
import { createClient, createSagaRunner, type SendResult, saga, serve, type Transport } from "@sagaspec/runtime";
import { type AmqpTransportOptions, createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemorySagaStore } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands, events, eventually, message, recorder } from "../../support/amqp-messages.js";
import { PurchaseSchema, stock } from "../../support/fixtures/shop.js";
import { startBroker } from "../../support/rabbitmq.js";
import { createTcpProxy, type TcpProxy } from "../../support/tcp-proxy.js";

const broker = await startBroker();
const transports: Transport[] = [];
let proxy: TcpProxy;
let name = "";
let count = 0;

function transport(options: AmqpTransportOptions = {}): Transport {
  const made = createAmqpTransport({ amqplib, url: proxy.url, reconnectMax: "500ms", onProblem() {}, ...options });
  transports.push(made);
  return made;
}

/** Sends one message after the other until stopped. Remembers what became of each. */
function keepSending(one: Transport, to: string) {
  const verdicts = new Map<string, SendResult>();
  let going = true;
  const done = (async () => {
    for (let number = 0; going; number++) {
      const batch = [1, 2, 3, 4, 5].map((part) => message(commands(to), { id: `${number}.${part}` }));
      const sent = await one.send(batch);
      for (const [index, { id }] of batch.entries()) verdicts.set(id, sent[index] ?? "unknown");
      await wait(2);
    }
  })();
  return {
    verdicts,
    /** How many of them ended so. */
    count: (verdict: SendResult) => [...verdicts.values()].filter((one) => one === verdict).length,
    async stop() {
      going = false;
      await done;
    },
  };
}

beforeEach(async () => {
  name = `outage.${++count}`;
  proxy = await createTcpProxy(new URL(broker?.url ?? "amqp://127.0.0.1:1"));
});
afterEach(async () => {
  await Promise.all(transports.splice(0).map((one) => one.close()));
  await proxy.close();
});
afterAll(() => broker?.release());

describe.skipIf(!broker)("when the broker has not noticed that a connection is gone", () => {
  // The reply queue of before is locked then (405), and another one takes its place.
  it("requests go on, and those that were open are answered", async () => {
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const executed: string[] = [];
    const direct = transport({ url: broker?.url ?? "" });
    const asking = transport();
    const asked: string[] = [];
    const problems: string[] = [];
    const server = await serve(
      stock,
      {
        async reserve({ orderId }) {
          executed.push(orderId);
          if (orderId === "open") await mayAnswer;
          return { reservationId: orderId };
        },
        release() {},
      },
      direct,
      { onProblem: ({ reason }) => problems.push(reason) },
    );
    const client = createClient(stock, watched(asking, asked), { onProblem() {} });
    await client.reserve({ orderId: "before", amount: 1 });
    const open = client.reserve({ orderId: "open", amount: 1 }, { timeout: "40s" });
    await eventually(() => executed.includes("open"));

    proxy.leave();
    await eventually(() => asked.length > 2, 30_000);
    expect(await client.reserve({ orderId: "after", amount: 1 })).toEqual({ reservationId: "after" });
    answer();
    expect(await open).toEqual({ reservationId: "open" });
    expect(new Set(asked).size, "the reply queue has another name").toBe(2);
    expect(executed).toEqual(["before", "open", "after"]);
    expect(problems).toEqual([]);
    await server.close();
  });
});

/** Remembers where the requests want their replies. */
function watched(one: Transport, asked: string[]): Transport {
  return {
    ...one,
    send(batch) {
      asked.push(...batch.map(({ replyTo }) => replyTo ?? ""));
      return one.send(batch);
    },
  };
}

describe.skipIf(!broker)("when the connection is cut", () => {
  it("loses nothing that was accepted, and goes on by itself", async () => {
    const one = transport();
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 20 }, on);
    const sender = keepSending(one, name);
    for (let cut = 1; cut <= 3; cut++) {
      const before = sender.count("accepted");
      await eventually(() => sender.count("accepted") > before + 50);
      proxy.cut();
      await eventually(() => !subscription.connected());
      expect(subscription.idleSince()).toBeUndefined();
      await eventually(() => subscription.connected());
    }
    await sender.stop();
    const ids = () => new Set(seen.map(({ id }) => id));
    await eventually(() => [...sender.verdicts].every(([id, verdict]) => verdict !== "accepted" || ids().has(id)));
  });

  it("delivers again what was not settled, and ignores a verdict that comes too late", async () => {
    const one = transport();
    const { seen, on } = recorder(({ deliveries }) => (deliveries === 1 ? undefined : "ack"));
    const subscription = await one.subscribe(commands(name), { prefetch: 20 }, on);
    await one.send([message(commands(name), { id: "a" })]);
    await eventually(() => seen.length === 1);
    proxy.cut();
    await eventually(() => seen.length === 2);
    seen[0]?.settle("ack");
    expect(seen.map(({ id, deliveries }) => [id, deliveries])).toEqual([
      ["a", 1],
      ["a", 2],
    ]);
    await subscription.stop();
  });

  it("has private queues, bindings and the address of replies back afterwards", async () => {
    const one = transport();
    const [copies, replies] = [recorder(), recorder()];
    const listening = await one.subscribe(events("ready", name), { prefetch: 5 }, copies.on);
    const asking = await one.subscribe({ repliesOf: name, durable: false }, { prefetch: 5 }, replies.on);
    proxy.cut();
    await eventually(() => !listening.connected() && !asking.connected());
    await eventually(() => listening.connected() && asking.connected());
    const sent = await one.send([message(events("ready", name)), message({ reply: asking.address })]);
    expect(sent).toEqual(["accepted", "accepted"]);
    await eventually(() => copies.seen.length === 1 && replies.seen.length === 1);
  });

  it("keeps a delayed retry", async () => {
    const one = transport();
    const { seen, on } = recorder(({ deliveries }) => (deliveries === 1 ? { retryIn: 500 } : "ack"));
    await one.subscribe(commands(name), { prefetch: 20 }, on);
    await one.send([message(commands(name))]);
    await eventually(() => seen.length === 1);
    await wait(100);
    proxy.cut();
    await eventually(() => seen.length === 2);
  });
});

describe.skipIf(!broker)("when the network is silent", () => {
  it("notices, answers unknown in bounded time, and comes back", async () => {
    const one = transport({ heartbeat: "1s", sendTimeout: "1s" });
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 5 }, on);
    await one.send([message(commands(name))]);
    proxy.pause();
    const started = Date.now();
    expect(await one.send([message(commands(name))])).toEqual(["unknown"]);
    // Without the option it would be 10 s.
    expect(Date.now() - started).toBeLessThan(9_000);
    await eventually(() => !subscription.connected(), 5_000);
    proxy.resume();
    await eventually(() => subscription.connected());
    await eventually(async () => (await one.send([message(commands(name), { id: "after" })]))[0] === "accepted");
    await eventually(() => seen.some(({ id }) => id === "after"));
  });

  it("closes all the same", async () => {
    const one = transport({ heartbeat: "1s", sendTimeout: "1s", stopTimeout: "1s" });
    await one.subscribe(commands(name), { prefetch: 5 }, recorder().on);
    proxy.pause();
    await one.close();
  });
});

describe.skipIf(!broker)("when the broker is short of memory and takes no messages", () => {
  const isShort = (yes: boolean) =>
    broker?.control("set_vm_memory_high_watermark", ...(yes ? ["absolute", "1"] : ["0.6"]));
  afterEach(() => isShort(false));

  it("says so to whoever sends, and goes on when it is over", async () => {
    const warnings: string[] = [];
    const one = transport({ sendTimeout: "1s", onProblem: ({ reason }) => warnings.push(reason) });
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 20 }, on);
    await isShort(true);
    expect(await one.send([message(commands(name), { id: "during" })])).toEqual(["unknown"]);
    expect(subscription.connected()).toBe(false);
    expect(warnings).toEqual([expect.stringContaining("the broker takes no messages")]);
    await isShort(false);
    await eventually(() => subscription.connected());
    expect(await one.send([message(commands(name), { id: "after" })])).toEqual(["accepted"]);
    // What was on its way is not lost for that.
    await eventually(() => ["during", "after"].every((id) => seen.some((one) => one.id === id)));
  });

  it("closes all the same", async () => {
    const one = transport({ sendTimeout: "1s", stopTimeout: "1s" });
    await one.subscribe(commands(name), { prefetch: 5 }, recorder().on);
    await isShort(true);
    await one.send([message(commands(name))]);
    await one.close();
  });

  it("times out no step whose answer could not be sent", async () => {
    const one = transport();
    let answer: (() => void) | undefined;
    const reserve = ({ orderId }: { orderId: string }) =>
      new Promise<{ reservationId: string }>((resolve) => {
        answer ??= () => resolve({ reservationId: orderId });
      });
    const server = await serve(stock, { reserve, release() {} }, transport());
    const buying = saga("buying", { version: 1, input: PurchaseSchema }).step("stock", {
      call: stock.reserve,
      with: ({ input }) => input,
      timeout: "6s",
      compensate: false,
    });
    const store = createMemorySagaStore();
    const sagas = createSagaRunner({ service: name, sagas: [buying], store, transport: one, settleTime: "1s" });
    await sagas.start();
    const answered = await sagas.run(buying, { orderId: "answered", amount: 1 });
    await eventually(() => answer !== undefined);
    await isShort(true);
    answer?.();
    // Its command is what the broker says no to.
    await sagas.run(buying, { orderId: "unsent", amount: 1 });
    await wait(8_000);
    expect((await answered.status()).status).toBe("running");
    await isShort(false);
    expect((await answered.result({ timeout: "10s" })).status).toBe("completed");
    await sagas.close();
    await server.close();
  }, 60_000);
});

describe.skipIf(!broker)("when the broker is killed", () => {
  it("loses nothing that was accepted", async () => {
    const one = transport({ sendTimeout: "2s" });
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 20 }, on);
    const sender = keepSending(one, name);
    // RabbitMQ 3.10 writes a new quorum queue's register with a delay: killed before, the queue never finds its leader.
    await wait(3_000);
    await broker?.kill();
    expect(await one.send([message(commands(name))])).toEqual(["unknown"]);
    await broker?.start();
    await eventually(() => subscription.connected(), 30_000);
    const before = sender.count("accepted");
    await eventually(() => sender.count("accepted") > before + 50, 30_000);
    await sender.stop();
    const ids = () => new Set(seen.map(({ id }) => id));
    await eventually(() => [...sender.verdicts].every(([id, verdict]) => verdict !== "accepted" || ids().has(id)));
  }, 90_000);

  it("comes back when it closes every connection itself", async () => {
    const one = transport();
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 20 }, on);
    const before = subscription.idleSince() ?? 0;
    await broker?.control("close_all_connections", "maintenance");
    // It may be back before anybody has looked.
    await eventually(() => (subscription.idleSince() ?? 0) > before, 30_000);
    await eventually(async () => (await one.send([message(commands(name))]))[0] === "accepted");
    await eventually(() => seen.length > 0);
  }, 60_000);
});
