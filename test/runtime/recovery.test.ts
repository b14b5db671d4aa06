import {
  type Clock,
  createClient,
  type Inbox,
  type Message,
  serve,
  systemClock,
  type Transport,
} from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Request } from "@sagaspec/runtime/codegen";
import { createMemoryInbox, createMemoryTransport } from "@sagaspec/runtime/memory";
import { describe, expect, it } from "vitest";
import { type KitchenHandlers, kitchen } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: 200 + orderId }),
  cancelTicket() {},
  weigh: (payload) => ({ name: "light", payload }),
  clean() {},
};

describe("a participant", () => {
  it("sends the replies that another process has recorded and not sent", async () => {
    const transport = createMemoryTransport();
    const inbox = createMemoryInbox();
    const replies: Message[] = [];
    const { address: replyTo } = await transport.subscribe(
      { repliesOf: "t", durable: true },
      { prefetch: 9 },
      (batch) => {
        for (const reply of batch) {
          replies.push(reply);
          reply.settle("ack");
        }
      },
    );
    const claim = { messageId: "m", operation: "kitchen.createTicket", key: "1", fingerprint: "f" };
    const [claimed] = await inbox.claim([claim], 1_000);
    if (claimed?.state !== "claimed") throw new Error("not claimed");
    const reply = {
      name: "kitchen.createTicket/ticketCreated",
      payload: { ticketId: 7 },
      replyTo,
      correlationId: "c#1",
    };
    await inbox.finish([{ token: claimed.token, reply }]);
    const server = await serve(kitchen, handlers, transport, { inbox });
    await until(() => replies.length === 1, "the swept reply", 10_000);
    expect(replies[0]).toMatchObject({
      type: "ticketCreated",
      correlationId: "c#1",
      headers: { correlationId: "c#1" },
    });
    expect(Buffer.from(replies[0]?.body ?? []).toString()).toBe('{"ticketId":7}');
    expect(await inbox.unsent(["kitchen.createTicket"], 0, 10)).toEqual([]);
    await server.close();
    await transport.close();
  });

  it("is not held up by the replies of a service that shares the inbox and is away", async () => {
    const transport = createMemoryTransport();
    const inbox = createMemoryInbox();
    const replies: Message[] = [];
    const source = { repliesOf: "t", durable: true } as const;
    const { address: replyTo } = await transport.subscribe(source, { prefetch: 9 }, (batch) => {
      for (const reply of batch) {
        replies.push(reply);
        reply.settle("ack");
      }
    });
    const others = Array.from({ length: 150 }, (_, n) => ({ messageId: `bar-${n}`, operation: "bar.mix" }));
    const all = [...others, { messageId: "m", operation: "kitchen.createTicket" }];
    const claimed = await inbox.claim(
      all.map((one) => ({ ...one, key: one.messageId, fingerprint: "" })),
      1_000,
    );
    const name = "kitchen.createTicket/ticketCreated";
    await inbox.finish(
      claimed.map((one, index) => ({
        token: one.state === "claimed" ? one.token : "",
        reply: { name: index < 150 ? "bar.mix/mixed" : name, payload: { ticketId: 7 }, replyTo, correlationId: "c#1" },
      })),
    );
    const server = await serve(kitchen, handlers, transport, { inbox });
    await until(() => replies.length === 1, "the swept reply", 10_000);
    await server.close();
    await transport.close();
  });

  it("tries again when its inbox is away for a moment, and loses nothing", async () => {
    const transport = createMemoryTransport();
    const inner = createMemoryInbox();
    let away = 2;
    const inbox: Inbox = {
      claim(batch, leaseMs) {
        if (away-- > 0) return Promise.reject(new Error("the disk is full"));
        return inner.claim(batch, leaseMs);
      },
      renew: (tokens, leaseMs) => inner.renew(tokens, leaseMs),
      finish: (batch) => inner.finish(batch),
      unsent: (...wanted) => inner.unsent(...wanted),
      sent: (tokens) => inner.sent(tokens),
      close: () => inner.close(),
    };
    const seen: string[] = [];
    const onProblem = ({ kind, reason }: { kind: string; reason: string }) => seen.push(`${kind}: ${reason}`);
    const server = await serve(kitchen, handlers, transport, { inbox, onProblem, retry: { backoff: 5 } });
    expect(await createClient(kitchen, transport).createTicket({ orderId: 1, dishes: ["a"] })).toEqual({
      ticketId: 201,
    });
    expect(seen).toEqual(["unavailable: the disk is full", "unavailable: the disk is full"]);
    await server.close();
    await transport.close();
  });

  it("leaves no timer behind", async () => {
    const armed = new Set<object>();
    const clock: Clock = {
      now: Date.now,
      after(ms, wake, keepAlive) {
        const timer = {};
        armed.add(timer);
        const cancel = systemClock.after(
          ms,
          () => {
            armed.delete(timer);
            wake();
          },
          keepAlive,
        );
        return () => {
          armed.delete(timer);
          cancel();
        };
      },
    };
    const transport = createMemoryTransport({ clock });
    const server = await serve(kitchen, handlers, transport, { clock });
    const client = createClient(kitchen, transport, { clock });
    await client.createTicket({ orderId: 1, dishes: ["a"] });
    expect(armed.size).toBeGreaterThan(0);
    await server.close();
    await transport.close();
    expect(armed.size).toBe(0);
  });
});

interface Echo extends Contract<Client<Echo>, Handlers<Echo>> {
  readonly say: Request<{ text: string; id?: number }, { text: string; id?: number }>;
}
const spoken = {
  payload: {
    type: "object",
    required: ["text", "id"],
    properties: { text: { type: "string" }, id: { type: "integer", minimum: 1 } },
  },
  correlationId: "$message.payload#/id",
};
const fewNumbers = { type: "integer", minimum: 1, maximum: 5 };
const echo: Echo = {
  $contract: { service: "echo", version: "1.0.0" },
  say: {
    kind: "request",
    id: "echo.say",
    action: "receive",
    channel: { address: "echo.requests" },
    message: { name: "say", ...spoken },
    reply: { channel: { address: "echo.replies" }, success: [{ name: "said", ...spoken }] },
  },
};

/** Answers in the contract's words: no name of the message, no correlation id but the contract's. */
async function plainPeer(transport: Transport) {
  const source = {
    address: "echo.requests",
    service: "echo",
    action: "receive",
    group: "echo",
    durable: true,
  } as const;
  const to = { address: "echo.replies", service: "echo", action: "send" } as const;
  await transport.subscribe(source, { prefetch: 10 }, (batch) => {
    for (const incoming of batch) {
      incoming.settle("ack");
      expect(incoming.replyTo).toBeUndefined();
      const { body } = incoming;
      const common = { type: "", contentType: "application/json", headers: {}, sentAt: Date.now() };
      void transport.send([{ to, id: "", body, ...common }]);
    }
  });
}

describe("replies on a channel that the document fixes", () => {
  it("reach the client that asked, told by a number in the payload, from a plain peer", async () => {
    const transport = createMemoryTransport();
    await plainPeer(transport);
    const late: unknown[] = [];
    const one = createClient(echo, transport);
    const two = createClient(echo, transport, { onLateReply: (reply) => late.push(reply.id) });
    await two.say({ text: "warm" });
    const said = await Promise.all([one.say({ text: "a" }), two.say({ text: "b" }), one.say({ text: "c" })]);
    expect(said.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(new Set(said.map(({ id }) => id)).size).toBe(3);
    await until(() => late.length === 2, "what was meant for the other client");
    await transport.close();
  });

  it("are told apart where there are few numbers, each for one request at a time", async () => {
    const few = {
      ...spoken,
      payload: { ...spoken.payload, properties: { ...spoken.payload.properties, id: fewNumbers } },
    };
    const small: Echo = {
      $contract: echo.$contract,
      say: {
        ...echo.say,
        message: { name: "say", ...few },
        reply: { ...echo.say.reply, success: [{ name: "said", ...few }] },
      },
    };
    const transport = createMemoryTransport();
    await plainPeer(transport);
    const client = createClient(small, transport);
    await client.say({ text: "warm" });
    const said = await Promise.all(["a", "b", "c", "d", "e"].map((text) => client.say({ text })));
    expect(said.map(({ text }) => text).join("")).toBe("abcde");
    expect(said.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5]);
    await transport.close();
  });

  it("are written by a handler to that channel", async () => {
    const transport = createMemoryTransport();
    const server = await serve(echo, { say: ({ text }) => ({ text: text.toUpperCase() }) }, transport);
    const said = await createClient(echo, transport).say({ text: "a", id: 17 });
    expect(said).toEqual({ text: "A", id: 17 });
    await server.close();
    await transport.close();
  });
});
