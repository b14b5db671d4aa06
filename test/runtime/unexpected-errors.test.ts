// Errors that no contract knows: who is told of them, and that none of them keeps a message from being settled.
import { createClient, type Message, type Problem, type Server, serve } from "@sagaspec/runtime";
import type { Client, Contract, Message as Declared, Handlers, Request, Send } from "@sagaspec/runtime/codegen";
import { createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kitchen } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

let transport: MemoryTransport;
let replyTo: string;
let replies: Message[];
const servers: Server[] = [];

beforeEach(async () => {
  transport = createMemoryTransport();
  replies = [];
  const subscription = await transport.subscribe({ repliesOf: "test", durable: false }, { prefetch: 100 }, (batch) => {
    for (const reply of batch) {
      replies.push(reply);
      reply.settle("ack");
    }
  });
  replyTo = subscription.address;
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await transport.close();
});

const onProblem = (_: Problem) => {};
const order = { orderId: 1, dishes: ["a"] };
/** A request of a peer that knows the contract only. */
const plain = () => ({ headers: { replyTo, correlationId: "c" } });

async function send(type: string, body: unknown, more: Partial<Message>, address: string) {
  const to = { address, service: "counter", action: "receive" } as const;
  const content = { body: Buffer.from(JSON.stringify(body)), contentType: "application/json", headers: {} };
  expect(await transport.send([{ to, id: "m1", type, sentAt: Date.now(), ...content, ...more }])).toEqual(["accepted"]);
}

const payloadOf = (message: Message | undefined) => JSON.parse(Buffer.from(message?.body ?? []).toString() || "null");
const reasons = () => transport.deadLetters().map(({ reason }) => reason);

interface Counter extends Contract<Client<Counter>, Handlers<Counter>> {
  readonly count: Request<
    { n: number },
    { n: number },
    { failed: { code: string; message: string; retryable: boolean } }
  >;
  readonly mark: Send<{ room: string }, { room: "north" | "south" }>;
}
const correlated = {
  correlationId: "$message.header#/correlationId",
  headers: { type: "object", required: ["correlationId"], properties: { correlationId: { type: "string" } } },
};
const numbered = { type: "object", required: ["n"], properties: { n: { type: "integer" } } };
const failed: Declared<{ code: string; message: string; retryable: boolean }> = {
  name: "failed",
  ...correlated,
  payload: {
    type: "object",
    required: ["code", "message", "retryable"],
    properties: { code: { type: "string" }, message: { type: "string" }, retryable: { type: "boolean" } },
  },
};
const counter: Counter = {
  $contract: { service: "counter", version: "1.0.0" },
  count: {
    kind: "request",
    id: "counter.count",
    action: "receive",
    channel: { address: "counter.commands" },
    message: { name: "count", payload: numbered, correlationId: correlated.correlationId },
    reply: {
      address: "$message.header#/replyTo",
      success: [{ name: "counted", payload: numbered, ...correlated }],
      failure: { failed },
    },
  },
  mark: {
    kind: "send",
    id: "counter.mark",
    action: "receive",
    channel: {
      address: "counter.{room}",
      parameters: { room: { enum: ["north", "south"], location: "$message.payload#/room" } },
    },
    message: { name: "mark", payload: { type: "object", properties: { room: { type: "string" } } } },
  },
};

const kitchenHandlers = {
  createTicket: () => ({ ticketId: 201 }),
  cancelTicket() {},
  weigh: (payload: { readonly grams: number }) => ({ name: "light" as const, payload }),
  clean() {},
};

describe("unexpected errors", () => {
  const count = (some: Partial<Handlers<Counter>> = {}) =>
    serve(counter, { count: ({ n }) => ({ n }), mark() {}, ...some }, transport, {
      onProblem,
      parameters: { room: "north" },
      retry: { backoff: 5 },
    });

  it("are told a plain peer in the failure that its contract declares, and in nothing else", async () => {
    servers.push(
      await count({
        count() {
          throw new Error("broken");
        },
      }),
    );
    await send("count", { n: 1 }, plain(), "counter.commands");
    await until(() => replies.length === 1, "the failure");
    expect(replies[0]).toMatchObject({ type: "failed", headers: { correlationId: "c" } });
    expect(Object.keys(replies[0]?.headers ?? {})).toEqual(["correlationId"]);
    expect(payloadOf(replies[0])).toEqual({ code: "error", message: "broken", retryable: true });
  });

  it("are told it as well when its message is invalid, which is set aside all the same", async () => {
    servers.push(await count());
    await send("count", { n: "one" }, plain(), "counter.commands");
    await until(() => replies.length === 1 && reasons().length === 1, "both");
    expect(payloadOf(replies[0])).toMatchObject({ code: "invalid-message", retryable: false });
  });

  it("never hold a message back for ever when not even the failure can be written", async () => {
    servers.push(await count());
    // Nothing to put where the contract requires the correlation id of the reply.
    await send("count", { n: "one" }, { headers: { replyTo } }, "counter.commands");
    await send("count", { n: 1 }, { id: "m2", headers: { replyTo } }, "counter.commands");
    await until(() => reasons().length === 2, "the dead letters");
    expect(reasons()[0]).toContain("invalid-message: ");
    expect(reasons()[1]).toContain("correlationId");
    expect(replies).toEqual([]);
  });

  it("never hold a message back for ever whose address parameter the contract does not allow", async () => {
    const seen: string[] = [];
    servers.push(await count({ mark: ({ room }) => void seen.push(room) }));
    await send("mark", { room: "west" }, { id: "m1" }, "counter.north");
    await send("mark", { room: "north" }, { id: "m2" }, "counter.north");
    await until(() => seen.length === 1 && reasons().length === 1, "the dead letter and the other");
    expect(reasons()[0]).toContain('the address parameter "room" is "west"');
    expect(seen).toEqual(["north"]);
  });

  it("of whoever listens for problems do not stop a consumer", async () => {
    servers.push(
      await serve(kitchen, kitchenHandlers, transport, {
        onProblem() {
          throw new Error("the listener is broken");
        },
      }),
    );
    await send("createTicket", { orderId: "x" }, { id: "bad" }, "kitchen.commands");
    expect(await createClient(kitchen, transport).createTicket(order)).toEqual({ ticketId: 201 });
    await until(() => reasons().length === 1, "the dead letter");
  });
});
