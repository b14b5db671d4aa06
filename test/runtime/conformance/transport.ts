// What every transport promises. A factory gives one transport for each test; the suite closes it.
import type { Endpoint, Incoming, Outgoing, Source, Subscription, Transport } from "@sagaspec/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface TransportUnderTest {
  readonly transport: Transport;
  /** Reasons of the dead letters of a queue, oldest first. Left out: not looked at. */
  deadReasons?(source: Source): Promise<readonly string[]>;
  /** Cuts every connection to the broker, as a network does. Left out: there is none to cut. */
  interrupt?(): void;
  /** Removes what the test has left on the broker. Called before the transport is closed. */
  cleanUp?(): Promise<void>;
}

let counter = 0;
const unique = (name: string) => `conformance.${process.pid}.${Date.now().toString(36)}.${++counter}.${name}`;

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (message: { readonly body: Uint8Array }) => Buffer.from(message.body).toString("utf8");

export function transportConformance(name: string, create: () => Promise<TransportUnderTest>): void {
  describe(`${name} as a transport`, () => {
    let subject: TransportUnderTest;
    let transport: Transport;
    let commands: Endpoint;
    let events: Endpoint;

    beforeEach(async () => {
      subject = await create();
      transport = subject.transport;
      commands = { address: unique("commands"), service: unique("service"), action: "receive" };
      events = { address: unique("events"), service: unique("service"), action: "send" };
    });

    afterEach(async () => {
      await subject.cleanUp?.();
      await transport.close();
    });

    /** Whether a message may wait for whoever gets it: else sending one is over when it was dealt with. */
    const keeps = () => transport.traits.redelivers;

    function message(to: Outgoing["to"], body: string, more: Partial<Outgoing> = {}): Outgoing {
      const content = { body: Buffer.from(body), contentType: "application/json", headers: {} };
      return { to, id: unique("id"), type: "test", ...content, sentAt: Date.now(), ...more };
    }

    async function collect(from: Source, prefetch = 100) {
      const got: Incoming[] = [];
      const subscription: Subscription = await transport.subscribe(from, { prefetch }, (batch) => {
        for (const incoming of batch) {
          got.push(incoming);
          incoming.settle("ack");
        }
      });
      return { got, subscription };
    }

    it("delivers a message with everything that belongs to it", async () => {
      const { got } = await collect({ ...commands, group: "g", durable: true });
      const expiresAt = Date.now() + 60_000;
      const headers = { plain: "text", correlationId: "c" };
      const sent = message(commands, '{"a":1}', { correlationId: "c#1", replyTo: "somewhere", expiresAt, headers });
      expect(await transport.send([sent])).toEqual(["accepted"]);
      await until(() => got.length === 1, "the message");
      const [incoming] = got as [Incoming];
      expect(text(incoming)).toBe('{"a":1}');
      expect(incoming).toMatchObject({
        id: sent.id,
        type: "test",
        contentType: "application/json",
        correlationId: "c#1",
        replyTo: "somewhere",
        expiresAt,
        deliveries: 1,
        headers,
      });
      expect(Math.abs(incoming.sentAt - sent.sentAt)).toBeLessThan(1_000);
    });

    it("gives each message its own headers, and no others", async () => {
      const { got } = await collect({ ...commands, group: "g", durable: true });
      const headers = [{ a: 1, b: "x" }, {}, { a: 2, b: "y" }, { a: 3 }, { b: "z", a: 4 }];
      await transport.send(headers.map((one) => message(commands, "x", { headers: one, partitionKey: "k" })));
      await until(() => got.length === headers.length, "five messages");
      expect(got.map((incoming) => incoming.headers)).toEqual(headers);
    });

    it("keeps the order of one sender's messages of one key", async (context) => {
      if (!keeps()) return context.skip();
      const { got } = await collect({ ...commands, group: "g", durable: true });
      const sent = Array.from({ length: 200 }, (_, index) => message(commands, String(index), { partitionKey: "k" }));
      await transport.send(sent);
      await until(() => got.length === 200, "200 messages");
      expect(got.map(text)).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
    });

    it("shares messages among the members of a group", async () => {
      const source: Source = { ...commands, group: "g", durable: true };
      const [one, two] = [await collect(source, 5), await collect(source, 5)];
      await transport.send(Array.from({ length: 100 }, (_, index) => message(commands, String(index))));
      await until(() => one.got.length + two.got.length === 100, "100 messages");
      expect(new Set([...one.got, ...two.got].map(text)).size).toBe(100);
      expect(Math.min(one.got.length, two.got.length)).toBeGreaterThan(0);
    });

    it("gives every group and every subscriber without a group a copy of an event", async () => {
      const grouped = [
        await collect({ ...events, group: unique("a"), durable: true }),
        await collect({ ...events, group: unique("b"), durable: true }),
      ];
      const alone = [await collect({ ...events, durable: false }), await collect({ ...events, durable: false })];
      await transport.send([message(events, "x")]);
      await until(() => [...grouped, ...alone].every(({ got }) => got.length === 1), "four copies");
    });

    it("says that a message is unroutable when nobody is there to get it, or when there is no such address", async () => {
      const event = transport.traits.knowsReceivers ? "unroutable" : "accepted";
      expect(await transport.send([message(commands, "x"), message(events, "y")])).toEqual(["unroutable", event]);
    });

    it("keeps messages for a prepared source that nobody reads yet", async (context) => {
      if (!keeps()) return context.skip();
      const source: Source = { ...commands, group: "g", durable: true };
      await transport.prepare([source], "declare");
      expect(await transport.send([message(commands, "x")])).toEqual(["accepted"]);
      const { got } = await collect(source);
      await until(() => got.length === 1, "the kept message");
    });

    it("says what it would declare, without doing it", async () => {
      const source: Source = { ...commands, group: "g", durable: true };
      const plan = await transport.prepare([source], "plan");
      expect(plan.length).toBeGreaterThan(0);
      expect(plan.join("\n")).toContain(commands.address);
      expect(await transport.send([message(commands, "x")])).toEqual(["unroutable"]);
    });

    it("delivers again after a pause, and counts", async () => {
      const seen: { deliveries: number; at: number }[] = [];
      await transport.subscribe({ ...commands, group: "g", durable: true }, { prefetch: 10 }, (batch) => {
        for (const incoming of batch) {
          seen.push({ deliveries: incoming.deliveries, at: Date.now() });
          incoming.settle(seen.length < 3 ? { retryIn: 60 } : "ack");
        }
      });
      await transport.send([message(commands, "x")]);
      await until(() => seen.length === 3, "three deliveries");
      expect(seen.map(({ deliveries }) => deliveries)).toEqual([1, 2, 3]);
      expect((seen[2]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(110);
    });

    it("sets a message aside with the reason, and goes on", async () => {
      const source: Source = { ...commands, group: "g", durable: true };
      const got: string[] = [];
      await transport.subscribe(source, { prefetch: 10 }, (batch) => {
        for (const incoming of batch) {
          got.push(text(incoming));
          incoming.settle(text(incoming) === "bad" ? { dead: "it is bad" } : "ack");
        }
      });
      await transport.send(["bad", "good"].map((body) => message(commands, body, { partitionKey: "k" })));
      await until(() => got.length === 2, "both messages");
      await pause(50);
      expect(keeps() ? got : got.toSorted()).toEqual(["bad", "good"]);
      if (subject.deadReasons) expect(await subject.deadReasons(source)).toEqual(["it is bad"]);
    });

    it("hands out no more than the prefetch", async () => {
      const open: Incoming[] = [];
      const subscription = await transport.subscribe(
        { ...commands, group: "g", durable: true },
        { prefetch: 3 },
        (batch) => {
          open.push(...batch);
        },
      );
      await until(() => subscription.idleSince() !== undefined, "room in the window");
      const sent = transport.send(Array.from({ length: 10 }, (_, index) => message(commands, String(index))));
      if (keeps()) await sent;
      await until(() => open.length === 3, "a full window");
      await pause(50);
      expect(open.length).toBe(3);
      expect(subscription.idleSince()).toBeUndefined();
      for (let next = 0; next < 10; next += 1) {
        await until(() => open.length > next, `message ${next}`);
        open[next]?.settle("ack");
      }
      await until(() => subscription.idleSince() !== undefined, "room again");
      await sent;
    });

    it("stops taking messages, and waits for the ones handed out", async () => {
      const source: Source = { ...commands, group: "g", durable: true };
      const open: Incoming[] = [];
      const subscription = await transport.subscribe(source, { prefetch: 1 }, (batch) => {
        open.push(...batch);
      });
      const sent = transport.send(["1", "2"].map((body) => message(commands, body, { partitionKey: "k" })));
      if (keeps()) await sent;
      await until(() => open.length === 1, "the first message");
      let stopped = false;
      const stopping = subscription.stop().then(() => {
        stopped = true;
      });
      await pause(50);
      expect(stopped).toBe(false);
      open[0]?.settle("ack");
      await stopping;
      expect(subscription.connected()).toBe(false);
      if (!keeps()) {
        expect(await sent).toContainEqual({ refused: expect.stringContaining("stops"), retryable: true });
        return;
      }
      const { got } = await collect(source);
      await until(() => got.length === 1, "the second message");
      expect(got.map(text)).toEqual(["2"]);
    });

    it("does not deliver what has expired", async () => {
      if (!transport.traits.expires) return;
      const source: Source = { ...commands, group: "g", durable: true };
      await transport.prepare([source], "declare");
      await transport.send([message(commands, "old", { expiresAt: Date.now() + 30 }), message(commands, "new")]);
      await pause(100);
      const { got } = await collect(source);
      await until(() => got.length > 0, "the message that is still good");
      await pause(50);
      expect(got.map(text)).toEqual(["new"]);
    });

    it("brings a reply to the subscriber whose address the request carried", async () => {
      const service = unique("client");
      const [mine, other] = [
        await collect({ repliesOf: service, durable: false }),
        await collect({ repliesOf: service, durable: false }),
      ];
      expect(mine.subscription.address).not.toBe(other.subscription.address);
      await transport.subscribe({ ...commands, group: "g", durable: true }, { prefetch: 1 }, (batch) => {
        for (const { replyTo, correlationId, settle: _, ...request } of batch) {
          const reply = message({ reply: replyTo ?? "" }, `re: ${Buffer.from(request.body)}`);
          void transport.send([{ ...reply, ...(correlationId !== undefined && { correlationId }) }]);
        }
        for (const incoming of batch) incoming.settle("ack");
      });
      const replyTo = mine.subscription.address;
      await transport.send([message(commands, "x", { replyTo, correlationId: "7" })]);
      await until(() => mine.got.length === 1, "the reply");
      expect(mine.got.map(text)).toEqual(["re: x"]);
      expect(mine.got[0]?.correlationId).toBe("7");
      expect(other.got.length).toBe(0);
    });

    it("shares durable replies among the workers of a service", async () => {
      const source: Source = { repliesOf: unique("workers"), durable: true };
      const [one, two] = [await collect(source, 5), await collect(source, 5)];
      expect(one.subscription.address).toBe(two.subscription.address);
      const to = { reply: one.subscription.address };
      const sent = await transport.send(Array.from({ length: 50 }, (_, index) => message(to, String(index))));
      expect(new Set(sent)).toEqual(new Set(["accepted"]));
      await until(() => one.got.length + two.got.length === 50, "50 replies");
    });

    it("keeps durable replies while nobody listens", async () => {
      const source: Source = { repliesOf: unique("worker"), durable: true };
      const first = await collect(source);
      await first.subscription.stop();
      const to = { reply: first.subscription.address };
      expect(await transport.send([message(to, "late")])).toEqual(["accepted"]);
      const second = await collect(source);
      await until(() => second.got.length === 1, "the reply");
    });

    it("says that a reply is unroutable once the requester has gone", async (context) => {
      if (!transport.traits.knowsReceivers) return context.skip();
      const { subscription } = await collect({ repliesOf: unique("client"), durable: false });
      await subscription.stop();
      expect(await transport.send([message({ reply: subscription.address }, "x")])).toEqual(["unroutable"]);
    });

    it("takes messages of every address that fits open parameters, and tells which", async () => {
      const source: Source = {
        ...events,
        address: `${events.address}.{room}.table`,
        group: unique("g"),
        durable: true,
      };
      const { got } = await collect(source);
      const at = (room: string): Endpoint => ({ ...events, address: `${events.address}.${room}.table` });
      expect(await transport.send([message(at("north"), "n"), message(at("south"), "s")])).toEqual([
        "accepted",
        "accepted",
      ]);
      await until(() => got.length === 2, "both rooms");
      expect(got.map(({ address }) => address).toSorted()).toEqual([at("north").address, at("south").address]);
    });

    it("loses nothing of many messages sent at once", async () => {
      const { got } = await collect({ ...commands, group: "g", durable: true }, 200);
      const batches = Array.from({ length: 50 }, (_, batch) =>
        transport.send(Array.from({ length: 100 }, (_, index) => message(commands, `${batch}/${index}`))),
      );
      const verdicts = (await Promise.all(batches)).flat();
      expect(new Set(verdicts)).toEqual(new Set(["accepted"]));
      await until(() => got.length === 5_000, "5,000 messages", 15_000);
      expect(new Set(got.map(text)).size).toBe(5_000);
    });

    it("delivers again what was not settled when the connection was lost, and goes on", async (context) => {
      if (!subject.interrupt || !transport.traits.redelivers) return context.skip();
      const seen: { body: string; deliveries: number }[] = [];
      const source: Source = { ...commands, group: "g", durable: true };
      const subscription = await transport.subscribe(source, { prefetch: 10 }, (batch) => {
        for (const incoming of batch) {
          seen.push({ body: text(incoming), deliveries: incoming.deliveries });
          if (incoming.deliveries > 1 || text(incoming) === "after") incoming.settle("ack");
        }
      });
      await transport.send([message(commands, "open")]);
      await until(() => seen.length === 1, "the first delivery");
      subject.interrupt();
      await until(() => !subscription.connected(), "the loss");
      expect(subscription.idleSince()).toBeUndefined();
      await until(() => seen.length === 2, "the second delivery");
      expect(seen).toEqual([
        { body: "open", deliveries: 1 },
        { body: "open", deliveries: 2 },
      ]);
      expect(await transport.send([message(commands, "after")])).toEqual(["accepted"]);
      await until(() => seen.length === 3, "a message sent afterwards");
    });

    it("refuses to work after it was closed, and closes twice", async () => {
      const extra = await create();
      await extra.cleanUp?.();
      await extra.transport.close();
      await extra.transport.close();
      await expect(extra.transport.send([message(commands, "x")])).rejects.toMatchObject({ code: "transport-closed" });
    });
  });
}
