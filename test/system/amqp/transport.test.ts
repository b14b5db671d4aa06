import { setTimeout as wait } from "node:timers/promises";
import type { Incoming, Transport } from "@sagaspec/runtime";
import { type AmqpTransportOptions, createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands, events, eventually, message, recorder } from "../../support/amqp-messages.js";
import { findBroker, freePort } from "../../support/rabbitmq.js";

const broker = await findBroker();
const url = broker?.url ?? "amqp://127.0.0.1";
const transports: Transport[] = [];
let name = "";
let count = 0;

function transport(options: AmqpTransportOptions = {}): Transport {
  const made = createAmqpTransport({ amqplib, url, onProblem() {}, ...options });
  transports.push(made);
  return made;
}

/** What a peer without Sagaspec sees. */
async function plain<T>(work: (channel: amqplib.ConfirmChannel) => Promise<T>): Promise<T> {
  const connection = await amqplib.connect(url);
  try {
    return await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}

function propertiesOf(got: amqplib.GetMessage | false) {
  return got === false ? undefined : got.properties;
}

beforeEach(() => {
  name = `${broker?.prefix}.${++count}`;
});
afterEach(async () => {
  await Promise.all(transports.splice(0).map((one) => one.close()));
});
afterAll(() => broker?.release());

describe.skipIf(!broker)("sending", () => {
  it("tells for each message whether somebody has it", async () => {
    const one = transport();
    await one.subscribe(commands(name), { prefetch: 10 }, recorder().on);
    const sent = await one.send([
      message(commands(name)),
      message(commands(`${name}.nobody`)),
      message(commands(name)),
    ]);
    expect(sent).toEqual(["accepted", "unroutable", "accepted"]);
  });

  it("tells two messages of one id apart", async () => {
    const one = transport();
    await one.subscribe(commands(name), { prefetch: 10 }, recorder().on);
    const id = "same";
    const nobody = commands(`${name}.nobody`);
    const batch = [
      message(nobody, { id }),
      message(commands(name), { id }),
      message(nobody, { id }),
      message(nobody, { id }),
    ];
    expect(await one.send(batch)).toEqual(["unroutable", "accepted", "unroutable", "unroutable"]);
  });

  it("pipelines thousands through a bounded window", async () => {
    const one = transport({ maxUnconfirmed: 64 });
    const { seen, on } = recorder();
    await one.subscribe(commands(name), { prefetch: 500 }, on);
    const sent = await one.send(Array.from({ length: 3_000 }, () => message(commands(name))));
    expect(new Set(sent)).toEqual(new Set(["accepted"]));
    await eventually(() => seen.length === 3_000);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3_000);
  });

  it("bounds what waits in the process", async () => {
    const one = transport({ maxUnconfirmed: 10, maxWaiting: 20 });
    await one.prepare([commands(name)], "declare");
    await one.send([message(commands(name))]);
    const sent = await one.send(Array.from({ length: 50 }, () => message(commands(name))));
    expect(sent.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => "accepted"));
    expect(sent.slice(20)).toEqual(Array.from({ length: 30 }, () => "unknown"));
  });

  it("makes the exchange of events before the first of them", async () => {
    const one = transport();
    expect(await one.send([message(events("ready", name))])).toEqual(["unroutable"]);
    await plain((channel) => channel.checkExchange(name));
  });

  it("says what AMQP cannot carry, and sends the rest", async () => {
    const one = transport();
    await one.subscribe(commands(name), { prefetch: 10 }, recorder().on);
    const huge = message(commands(name), { headers: { ["k".repeat(300)]: 1 } });
    const [refused, accepted] = await one.send([huge, message(commands(name))]);
    expect(refused).toMatchObject({ refused: expect.stringMatching(/AMQP cannot carry/), retryable: false });
    expect(accepted).toBe("accepted");
  });

  it("does not send what is too late, and lets the broker forget what becomes so", async () => {
    const one = transport();
    await one.prepare([commands(name)], "declare");
    const sent = await one.send([
      message(commands(name), { expiresAt: Date.now() - 1 }),
      message(commands(name), { expiresAt: Date.now() + 2_000 }),
    ]);
    expect(sent).toEqual(["unknown", "accepted"]);
    await eventually(() => plain(async (channel) => (await channel.checkQueue(name)).messageCount === 0));
  });

  it("names a broker that is not there, without its password, after a bounded time", async () => {
    const port = await freePort();
    const one = transport({ url: `amqp://user:secret@127.0.0.1:${port}`, connectAttempts: 2 });
    const error = await one.send([message(commands(name))]).catch((reason: Error) => reason);
    expect(String(error)).toMatch(new RegExp(`\\[transport-unavailable\\] 127.0.0.1:${port}: .*2 attempts`));
    expect(String(error)).not.toContain("secret");
    await expect(one.subscribe(commands(name), { prefetch: 1 }, () => undefined)).rejects.toThrow(
      "transport-unavailable",
    );
  });
});

describe.skipIf(!broker)("the message", () => {
  it("arrives as it was sent, typed headers included", async () => {
    const one = transport();
    const { seen, on } = recorder();
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    const headers = {
      text: "é",
      int: 70_000,
      big: 2 ** 40,
      half: 0.5,
      yes: true,
      none: null,
      deep: { list: [1, "two", { three: 3 }] },
    };
    const expiresAt = Date.now() + 60_000;
    const sent = message(commands(name), {
      headers,
      correlationId: "c#1",
      replyTo: "r",
      expiresAt,
      body: Buffer.from([0, 255]),
    });
    await one.send([sent]);
    await eventually(() => seen.length === 1);
    expect(seen[0]).toMatchObject({
      id: sent.id,
      type: "ping",
      correlationId: "c#1",
      replyTo: "r",
      expiresAt,
      deliveries: 1,
    });
    expect(seen[0]?.headers).toEqual({ ...headers, "expires-at": expiresAt });
    expect([...(seen[0]?.body ?? [])]).toEqual([0, 255]);
    expect(Math.abs((seen[0]?.sentAt ?? 0) - sent.sentAt)).toBeLessThan(1_000);
  });

  it("of a plain peer is read without any header of ours", async () => {
    const one = transport();
    const { seen, on } = recorder();
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    await plain(async (channel) => {
      channel.sendToQueue(name, Buffer.from("a"));
      channel.sendToQueue(name, Buffer.from("b"));
      await channel.waitForConfirms();
    });
    await eventually(() => seen.length === 2);
    expect(seen[0]).toMatchObject({ type: "", headers: {}, deliveries: 1 });
    expect(seen[0]?.id).toBe(seen[0]?.position);
    expect(seen[0]?.id).not.toBe(seen[1]?.id);
  });

  it("of ours is read by a plain peer from AMQP's own properties", async () => {
    const one = transport({ appId: "shop" });
    await one.prepare([commands(name)], "declare");
    const bindings = { amqp: { priority: 3, deliveryMode: 1, bcc: [`${name}.copy`] } };
    await one.prepare([commands(`${name}.copy`)], "declare");
    await one.send([
      message(commands(name, { bindings }), { id: "m-1", correlationId: "c", replyTo: "r", headers: { a: 1 } }),
    ]);
    const got = await plain((channel) => channel.get(name, { noAck: true }));
    expect(propertiesOf(got)).toMatchObject({
      messageId: "m-1",
      type: "ping",
      correlationId: "c",
      replyTo: "r",
      contentType: "application/json",
      appId: "shop",
      priority: 3,
      deliveryMode: 1,
      headers: { a: 1 },
    });
    expect(await plain((channel) => channel.get(`${name}.copy`, { noAck: true }))).toBeTruthy();
  });
});

describe.skipIf(!broker)("receiving", () => {
  it("hands on together what arrived together", async () => {
    const one = transport();
    await one.prepare([commands(name)], "declare");
    await one.send(Array.from({ length: 200 }, () => message(commands(name))));
    const { seen, batches, on } = recorder();
    await one.subscribe(commands(name), { prefetch: 200 }, on);
    await eventually(() => seen.length === 200);
    expect(batches.length).toBeLessThan(100);
  });

  it("never has more in hand than the prefetch, and says since when there is room", async () => {
    const one = transport();
    const held: Incoming[] = [];
    const subscription = await one.subscribe(commands(name), { prefetch: 3 }, (batch) => void held.push(...batch));
    expect(subscription.idleSince()).toBeTypeOf("number");
    await one.send(Array.from({ length: 5 }, () => message(commands(name))));
    await eventually(() => held.length === 3);
    expect(subscription.idleSince()).toBeUndefined();
    held[2]?.settle("ack");
    await eventually(() => held.length === 4);
    for (const incoming of held) incoming.settle("ack");
    await eventually(() => held.length === 5);
    held[4]?.settle("ack");
    expect(subscription.idleSince()).toBeTypeOf("number");
  });

  it("acknowledges in any order nothing but what was settled", async () => {
    const one = transport({ stopTimeout: 10 });
    const held: Incoming[] = [];
    await one.subscribe(commands(name), { prefetch: 50 }, (batch) => void held.push(...batch));
    await one.send(Array.from({ length: 20 }, (_, index) => message(commands(name), { id: String(index) })));
    await eventually(() => held.length === 20);
    const settled = [19, 3, 4, 0, 1, 10, 2];
    for (const index of settled) held[index]?.settle("ack");
    await wait(50);
    settled.push(5, 6, 12);
    for (const index of [5, 6, 12, 5]) held[index]?.settle("ack");
    await one.close();

    const { seen, on } = recorder();
    await transport().subscribe(commands(name), { prefetch: 50 }, on);
    const left = held.filter((_, index) => !settled.includes(index)).map(({ id }) => id);
    await eventually(() => seen.length === left.length);
    expect(seen.map(({ id }) => id).sort()).toEqual(left.sort());
    expect(new Set(seen.map(({ deliveries }) => deliveries))).toEqual(new Set([2]));
  });

  it("shares the messages of a group and copies them to everybody else", async () => {
    const one = transport();
    const [a, b, c, d] = [recorder(), recorder(), recorder(), recorder()];
    await one.subscribe(events("ready", name, "waiters"), { prefetch: 10 }, a.on);
    await one.subscribe(events("ready", name, "waiters"), { prefetch: 10 }, b.on);
    await one.subscribe(events("ready", name), { prefetch: 10 }, c.on);
    await one.subscribe(events("ready", name), { prefetch: 10 }, d.on);
    await one.send(Array.from({ length: 10 }, () => message(events("ready", name))));
    await eventually(() => a.seen.length + b.seen.length === 10 && c.seen.length === 10 && d.seen.length === 10);
  });

  it("takes events of every value of an open parameter, and tells which", async () => {
    const one = transport();
    const { seen, on } = recorder();
    await one.subscribe(events("tickets.r-{id}.ready", name, "w"), { prefetch: 10 }, on);
    const sent = await one.send(
      ["tickets.r-7.ready", "tickets.x-7.ready", "tickets.r-8.ready"].map((a) => message(events(a, name))),
    );
    expect(sent).toEqual(["accepted", "accepted", "accepted"]);
    await eventually(() => seen.length === 2);
    expect(seen.map(({ address }) => address).sort()).toEqual(["tickets.r-7.ready", "tickets.r-8.ready"]);
  });

  it("delivers again after the delay, and counts", async () => {
    const one = transport();
    const { seen, on } = recorder(({ deliveries }) => (deliveries < 3 ? { retryIn: 100 } : "ack"));
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    const started = Date.now();
    await one.send([message(commands(name), { id: "m", headers: { a: 1 }, replyTo: "r", correlationId: "c" })]);
    await eventually(() => seen.length === 3);
    expect(
      seen.map(({ id, deliveries, headers, replyTo, correlationId }) => [
        id,
        deliveries,
        headers,
        replyTo,
        correlationId,
      ]),
    ).toEqual([1, 2, 3].map((deliveries) => ["m", deliveries, { a: 1 }, "r", "c"]));
    expect(Date.now() - started).toBeGreaterThanOrEqual(200);
  });

  it("buries what will never be done, with the reason", async () => {
    const one = transport();
    const { seen, on } = recorder(() => ({ dead: "no such dish" }));
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    await one.send([message(commands(name), { id: "m", headers: { a: 1 } })]);
    await eventually(() => seen.length === 1);
    await eventually(() => plain(async (channel) => (await channel.checkQueue(name)).messageCount === 0));
    const dead = await plain((channel) => channel.get(`${name}.dead`, { noAck: true }));
    expect(propertiesOf(dead)).toMatchObject({
      messageId: "m",
      headers: { a: 1, "x-death-reason": "no such dish", "x-death-queue": name, "x-deliveries": 1 },
    });
  });

  it("buries unseen a command that the broker has delivered too often", async () => {
    const one = transport({ deliveryLimit: 1 });
    await one.prepare([commands(name)], "declare");
    await one.send([message(commands(name))]);
    await plain(async (channel) => {
      for (let crash = 0; crash < 2; crash++) {
        let got: amqplib.GetMessage | false = false;
        await eventually(async () => {
          got = await channel.get(name);
          return got !== false;
        });
        channel.nackAll(true);
      }
    });
    const { seen, on } = recorder();
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    await eventually(async () => {
      const dead = await plain((channel) => channel.get(`${name}.dead`, { noAck: true }));
      return propertiesOf(dead)?.headers?.["x-death-reason"] === "delivery-limit";
    });
    expect(seen).toEqual([]);
  });

  it("delivers again in the same process what has no queue to wait in", async () => {
    const one = transport();
    const [copies, replies] = [1, 2].map(() =>
      recorder(({ deliveries }) => (deliveries < 2 ? { retryIn: 100 } : "ack")),
    );
    await one.subscribe(events("ready", name), { prefetch: 10 }, (batch) => copies?.on(batch));
    const inbox = await one.subscribe({ repliesOf: name, durable: false }, { prefetch: 10 }, (batch) =>
      replies?.on(batch),
    );
    await one.send([message(events("ready", name)), message({ reply: inbox.address })]);
    for (const recorded of [copies, replies]) {
      await eventually(() => recorded?.seen.length === 2);
      expect(recorded?.seen.map(({ deliveries }) => deliveries)).toEqual([1, 2]);
    }
  });

  it("buries as expired what would be retried too late", async () => {
    const one = transport();
    const { seen, on } = recorder(() => ({ retryIn: 20_000 }));
    await one.subscribe(commands(name), { prefetch: 10 }, on);
    await one.send([message(commands(name), { expiresAt: Date.now() + 5_000 })]);
    await eventually(() => seen.length === 1);
    await eventually(async () => {
      const dead = await plain((channel) => channel.get(`${name}.dead`, { noAck: true }));
      return propertiesOf(dead)?.headers?.["x-death-reason"] === "expired";
    });
  });

  it("delivers replies to the one who asked, and calls them unroutable when it has gone", async () => {
    const [asking, answering] = [transport(), transport()];
    const { seen, on } = recorder();
    const replies = await asking.subscribe({ repliesOf: `${name}.replies`, durable: false }, { prefetch: 10 }, on);
    const shared = await asking.subscribe({ repliesOf: `${name}.shared`, durable: true }, { prefetch: 10 }, on);
    expect(shared.address).toBe(`${name}.shared`);
    expect(await answering.send([message({ reply: replies.address }), message({ reply: shared.address })])).toEqual([
      "accepted",
      "accepted",
    ]);
    await eventually(() => seen.length === 2);
    await asking.close();
    expect(await answering.send([message({ reply: replies.address }), message({ reply: shared.address })])).toEqual([
      "unroutable",
      "accepted",
    ]);
  });
});

describe.skipIf(!broker)("stopping", () => {
  it("waits for what is in hand, and takes no more", async () => {
    const one = transport();
    const held: Incoming[] = [];
    const subscription = await one.subscribe(commands(name), { prefetch: 1 }, (batch) => void held.push(...batch));
    await one.send([message(commands(name)), message(commands(name))]);
    await eventually(() => held.length === 1);
    let stopped = false;
    const stopping = subscription.stop().then(() => {
      stopped = true;
    });
    await wait(100);
    expect(stopped).toBe(false);
    held[0]?.settle("ack");
    await stopping;
    expect(held.length).toBe(1);
    expect(subscription.connected()).toBe(false);
    expect(await plain(async (channel) => (await channel.checkQueue(name)).messageCount)).toBe(1);
  });

  it("confirms what is being sent before it closes, and leaves nothing behind", async () => {
    const one = transport();
    await one.subscribe(commands(name), { prefetch: 10 }, recorder().on);
    const sending = one.send(Array.from({ length: 500 }, () => message(commands(name))));
    await one.close();
    expect(new Set(await sending)).toEqual(new Set(["accepted"]));
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap")).toEqual([]);
    await expect(one.send([message(commands(name))])).rejects.toThrow("transport-closed");
    await expect(one.subscribe(commands(name), { prefetch: 1 }, () => undefined)).rejects.toThrow("transport-closed");
  });
});

describe.skipIf(!broker)("topology", () => {
  it("says what it would do, does it, and finds it done", async () => {
    const one = transport();
    const sources = [
      commands(name),
      events("tickets.{id}", name, "waiters"),
      { repliesOf: `${name}.replies`, durable: true },
    ];
    const plan = await one.prepare(sources, "plan");
    expect(plan).toContain(`queue ${name} (quorum, durable)`);
    expect(plan).toContain(`binding ${name} -> waiters.tickets.{id} by tickets.*`);
    await expect(one.prepare(sources, "verify")).rejects.toThrow(
      `[topology-mismatch] queue "${name}": it does not exist`,
    );
    await one.prepare(sources, "declare");
    await one.prepare(sources, "verify");
  });

  it("names a queue that exists with other arguments, and goes on working", async () => {
    await plain((channel) => channel.assertQueue(name, { durable: true }));
    const one = transport();
    await expect(one.subscribe(commands(name), { prefetch: 1 }, () => undefined)).rejects.toThrow(
      new RegExp(`\\[topology-mismatch\\] queue "${name}": it exists with other arguments than .*quorum`),
    );
    const { seen, on } = recorder();
    await one.subscribe(commands(`${name}.other`), { prefetch: 1 }, on);
    await one.send([message(commands(`${name}.other`))]);
    await eventually(() => seen.length === 1);
  });

  it("does not let one wrong exchange hold up the others", async () => {
    await plain((channel) => channel.assertExchange(name, "fanout"));
    const warnings: Error[] = [];
    const one = transport({ onProblem: ({ error }) => warnings.push(error as Error) });
    await one.subscribe(commands(`${name}.q`), { prefetch: 1 }, recorder().on);
    expect(await one.send([message(events("ready", name)), message(commands(`${name}.q`))])).toEqual([
      "unroutable",
      "accepted",
    ]);
    expect(warnings[0]?.message).toContain(`[topology-mismatch] exchange "${name}"`);
  });

  it("outlives an exchange that is deleted under it", async () => {
    const one = transport();
    await one.subscribe(events("ready", name, "w"), { prefetch: 1 }, recorder().on);
    expect(await one.send([message(events("ready", name))])).toEqual(["accepted"]);
    await plain((channel) => channel.deleteExchange(name));
    expect(await one.send([message(events("ready", name))])).toEqual([
      { refused: expect.stringContaining("no exchange"), retryable: true },
    ]);
    expect(await one.send([message(events("other", name))])).toEqual(["unroutable"]);
  });

  it("consumes again when its queue is deleted under it", async () => {
    const one = transport();
    const { seen, on } = recorder();
    const subscription = await one.subscribe(commands(name), { prefetch: 1 }, on);
    await plain((channel) => channel.deleteQueue(name));
    await eventually(() => !subscription.connected());
    await eventually(() => subscription.connected());
    await one.send([message(commands(name))]);
    await eventually(() => seen.length === 1);
  });
});
