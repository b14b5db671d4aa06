/** Queues that others have declared, replaced or not made, and credentials that change. */
import { SagaspecError, type Transport } from "@sagaspec/runtime";
import { type AmqpTransportOptions, createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { commands, eventually, message, recorder } from "../../support/amqp-messages.js";
import { findBroker } from "../../support/rabbitmq.js";
import { createTcpProxy } from "../../support/tcp-proxy.js";

const broker = await findBroker();
const url = broker?.url ?? "";
const transports: Transport[] = [];
let count = 0;

function transport(options: AmqpTransportOptions = {}): Transport {
  const made = createAmqpTransport({ amqplib, url, onProblem() {}, reconnectMax: "200ms", ...options });
  transports.push(made);
  return made;
}

async function asPeer<T>(work: (channel: amqplib.Channel) => Promise<T>): Promise<T> {
  const connection = await amqplib.connect(url);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

const queueName = () => `${broker?.prefix}.elsewhere.${++count}`;

afterEach(async () => {
  await Promise.all(transports.splice(0).map((one) => one.close()));
});
afterAll(() => broker?.release());

describe.skipIf(!broker)("a queue that the document describes", () => {
  const described = (name: string) => commands(name, { bindings: { amqp: { queue: { durable: true } } } });

  it.each(["the peer", "the service"])("is the same for all, when %s declares it first", async (first) => {
    const name = queueName();
    const one = transport();
    const { seen, on } = recorder();
    const serve = () => one.subscribe(described(name), { prefetch: 1 }, on);
    const declare = () => asPeer((channel) => channel.assertQueue(name, { durable: true }));
    for (const step of first === "the peer" ? [declare, serve] : [serve, declare]) await step();
    await asPeer(async (channel) => {
      channel.sendToQueue(name, Buffer.from("{}"), { messageId: "a" });
      await channel.checkQueue(name);
    });
    await eventually(() => seen.length === 1);
  });

  it("is consumed as it is where an earlier version has declared it", async () => {
    const name = queueName();
    const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };
    await asPeer((channel) => channel.assertQueue(name, quorum));
    const { seen, on } = recorder();
    const one = transport();
    await one.prepare([described(name)], "declare");
    await one.subscribe(described(name), { prefetch: 1 }, on);
    await one.send([message(described(name))]);
    await eventually(() => seen.length === 1);
  });
});

describe.skipIf(!broker)("a queue that is replaced while it is consumed", () => {
  it("is consumed as it is", async () => {
    const to = commands(queueName());
    const { seen, on } = recorder();
    const one = transport();
    await one.subscribe(to, { prefetch: 1 }, on);
    await asPeer(async (channel) => {
      await channel.deleteQueue(to.address);
      await channel.assertQueue(to.address, { durable: true, arguments: { "x-max-length": 77 } });
    });
    await eventually(async () => (await asPeer((channel) => channel.checkQueue(to.address))).consumerCount === 1);
    await one.send([message(to)]);
    await eventually(() => seen.length === 1);
  });
});

describe.skipIf(!broker)("a service that may not declare", () => {
  it("does not start without a queue for dead letters, and names it", async () => {
    const to = commands(queueName());
    await asPeer((channel) =>
      channel.assertQueue(to.address, { durable: true, arguments: { "x-queue-type": "quorum" } }),
    );
    const one = transport({ topology: "verify" });
    const starting = one.subscribe(to, { prefetch: 1 }, recorder().on);
    await expect(starting).rejects.toThrow(`[topology-mismatch] queue "${to.address}.dead"`);
  });

  it("handles a message no second time when the queue for dead letters goes missing", async () => {
    const to = commands(queueName());
    await transport().prepare([to], "declare");
    const one = transport({ topology: "verify" });
    const { seen, on } = recorder(() => ({ dead: "broken" }));
    await one.subscribe(to, { prefetch: 5 }, on);
    await asPeer((channel) => channel.deleteQueue(`${to.address}.dead`));
    await one.send([message(to, { id: "broken" }), message(to, { id: "next" })]);
    await eventually(() => seen.length === 2);
    await asPeer((channel) =>
      channel.assertQueue(`${to.address}.dead`, { durable: true, arguments: { "x-queue-type": "quorum" } }),
    );
    await eventually(
      async () => (await asPeer((channel) => channel.checkQueue(`${to.address}.dead`))).messageCount === 2,
      20_000,
    );
    expect(seen.map(({ id }) => id).sort()).toEqual(["broken", "next"]);
  });

  it("retries without a queue to wait in", async () => {
    const to = commands(queueName());
    await transport().prepare([to], "declare");
    const { seen, on } = recorder(() => (seen.length < 3 ? { retryIn: 100 } : "ack"));
    await transport({ topology: "verify" }).subscribe(to, { prefetch: 5 }, on);
    await transport().send([message(to)]);
    await eventually(() => seen.length === 3);
  });
});

describe.skipIf(!broker)("credentials", () => {
  it("are asked for at each connect", async () => {
    const proxy = await createTcpProxy(new URL(url));
    const asked: string[] = [];
    const one = transport({
      url: async () => proxy.url.replace("guest:guest@", ""),
      credentials: () => {
        asked.push("credentials");
        return { username: "guest", password: "guest" };
      },
      socketOptions: async () => {
        asked.push("socket");
        return { noDelay: true };
      },
    });
    const to = commands(queueName());
    const { seen, on } = recorder();
    const subscription = await one.subscribe(to, { prefetch: 1 }, on);
    const before = asked.length;
    expect(before).toBeGreaterThanOrEqual(2);
    proxy.cut();
    await eventually(() => asked.length >= before + 2 && subscription.connected());
    await one.send([message(to)]);
    await eventually(() => seen.length === 1);
    await one.close();
    await proxy.close();
  });

  it("that are wrong, and a virtual host that is not there, are named", async () => {
    const { host } = new URL(url);
    const failing = async (options: AmqpTransportOptions) => {
      const one = transport({ connectAttempts: 1, ...options });
      return one.send([message(commands("anywhere"))]).catch((error: unknown) => error);
    };
    const vhost = await failing({ url: `amqp://guest:guest@${host}/no-such-vhost` });
    expect(vhost).toBeInstanceOf(SagaspecError);
    expect(String(vhost)).toContain('the virtual host "no-such-vhost" does not exist');
    const login = await failing({ url, credentials: () => ({ username: "guest", password: "wrong" }) });
    expect(String(login)).toContain("check user and password");
    const broken = await failing({ url, credentials: () => Promise.reject(new Error("vault is sealed")) });
    expect(String(broken)).toContain("vault is sealed");
  });
});
