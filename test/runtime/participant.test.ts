import { createClient, type Message, type Problem, SagaspecError, type Server, serve } from "@sagaspec/runtime";
import { createMemoryInbox, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KitchenHandlers, kitchen } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

let transport: MemoryTransport;
let problems: Problem[];
let servers: Server[];
let replies: Message[];
let replyTo: string;

beforeEach(async () => {
  transport = createMemoryTransport();
  problems = [];
  servers = [];
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
  await Promise.all(servers.map((server) => server.close()));
  await transport.close();
});

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: 200 + orderId }),
  cancelTicket() {},
  weigh: (payload) => ({ name: "light", payload }),
  clean() {},
};

async function start(some: Partial<KitchenHandlers>, options: Parameters<typeof serve>[3] = {}) {
  const onProblem = (problem: Problem) => problems.push(problem);
  const server = await serve(kitchen, { ...handlers, ...some }, transport, { onProblem, ...options });
  servers.push(server);
  return server;
}

/** A message as a peer writes it that knows the contract and nothing of Sagaspec. */
async function send(type: string, body: unknown, more: Partial<Message> = {}) {
  const raw = typeof body === "string" ? body : JSON.stringify(body);
  const to = { address: "kitchen.commands", service: "kitchen", action: "receive" } as const;
  const content = { body: Buffer.from(raw), contentType: "application/json", headers: {} };
  const [sent] = await transport.send([{ to, id: "m1", type, sentAt: Date.now(), ...content, ...more }]);
  expect(sent).toBe("accepted");
}

const payloadOf = (message: Message | undefined) => JSON.parse(Buffer.from(message?.body ?? []).toString() || "null");
const reasons = () => transport.deadLetters().map(({ reason }) => reason);
const asking = (more: object = {}) => ({
  headers: { replyTo, correlationId: "c", "accept-failure": "sagaspec", ...more },
});

describe("an invalid message", () => {
  it("is set aside with the reason, reaches no handler, and the next one is handled", async () => {
    const seen: number[] = [];
    await start({
      createTicket({ orderId }) {
        seen.push(orderId);
        return { ticketId: 1 };
      },
    });
    await send("createTicket", { orderId: "x", dishes: ["a"] }, { id: "bad1" });
    await send("createTicket", "{", { id: "bad2" });
    await send("createTicket", { orderId: 2, dishes: ["a"] }, { id: "good" });
    await until(() => seen.length === 1, "the good one");
    expect(seen).toEqual([2]);
    expect(reasons()[0]).toContain("invalid-message: [invalid-message] kitchen.createTicket: the incoming payload of");
    expect(reasons()[0]).toContain('"x" at /orderId, which must be integer');
    expect(reasons()[1]).toContain("is not application/json");
    expect(problems.map(({ kind }) => kind)).toEqual(["dead-letter", "dead-letter"]);
  });

  it("is passed over when its name is none of the contract's", async () => {
    await start({});
    await send("somethingElse", {});
    await until(() => transport.queues().every(({ waiting }) => waiting === 0), "an empty queue");
    expect(reasons()).toEqual([]);
  });

  it("is recognised by the only schema that accepts it when it has no name, else set aside as ambiguous", async () => {
    await start({});
    await send("", { orderId: 1, dishes: ["a"], grams: 5 }, { id: "several" });
    await send("", { grams: 5, replyTo }, { id: "one" });
    await until(() => replies.length === 1 && reasons().length === 1, "both outcomes");
    expect(reasons()[0]).toContain("ambiguous-message");
    expect(replies[0]?.type).toBe("light");
  });

  it("tells a requester that wants to know", async () => {
    await start({});
    await send("createTicket", { orderId: "x", dishes: ["a"] }, { replyTo, correlationId: "c", ...asking() });
    await until(() => replies.length === 1, "the failure");
    expect(replies[0]).toMatchObject({ type: "sagaspec.failure", correlationId: "c" });
    expect(payloadOf(replies[0])).toMatchObject({ code: "invalid-message", retryable: false });
  });
});

describe("a plain peer", () => {
  it("gets its answer where the contract says, with nothing but what the contract says", async () => {
    await start({});
    const headers = { replyTo, correlationId: "from the header" };
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { headers });
    await until(() => replies.length === 1, "the reply");
    expect(replies[0]).toMatchObject({ type: "ticketCreated", headers: { correlationId: "from the header" } });
    expect(Object.keys(replies[0]?.headers ?? {})).toEqual(["correlationId"]);
    expect(payloadOf(replies[0])).toEqual({ ticketId: 201 });
  });

  it("gets nothing undeclared: its request is set aside when the handler breaks", async () => {
    await start({
      createTicket() {
        throw new Error("broken");
      },
    });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { headers: { replyTo, correlationId: "c" } });
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()).toEqual(["failed: broken"]);
    expect(replies).toEqual([]);
  });
});

describe("a duplicate", () => {
  it("is answered with the recorded reply, to the address and correlation of the duplicate", async () => {
    let executions = 0;
    await start({
      createTicket() {
        executions += 1;
        return { ticketId: executions };
      },
    });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { id: "m1", ...asking({ correlationId: "c1" }) });
    await until(() => replies.length === 1, "the reply");
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { id: "m1", ...asking({ correlationId: "c2" }) });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { id: "m2", ...asking({ correlationId: "c3" }) });
    await until(() => replies.length === 3, "three replies");
    expect(executions).toBe(1);
    expect(replies.map(payloadOf)).toEqual([{ ticketId: 1 }, { ticketId: 1 }, { ticketId: 1 }]);
    expect(replies.map(({ headers }) => headers.correlationId)).toEqual(["c1", "c2", "c3"]);
  });

  it("waits while the first is executed", async () => {
    let executions = 0;
    await start({
      async createTicket() {
        executions += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { ticketId: executions };
      },
    });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await until(() => replies.length === 2, "two replies", 8_000);
    expect(executions).toBe(1);
  });

  it("is executed again when the first ended as retryable", async () => {
    let executions = 0;
    await start({
      createTicket() {
        executions += 1;
        if (executions === 1) throw new Error("not yet");
        return { ticketId: executions };
      },
    });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await until(() => replies.length === 1, "the failure");
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await until(() => replies.length === 2, "the reply");
    expect(replies.map(({ type }) => type)).toEqual(["sagaspec.failure", "ticketCreated"]);
  });

  it("fails when it asks for something else under the same key", async () => {
    await start({});
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { id: "m1", ...asking() });
    await until(() => replies.length === 1, "the first reply");
    await send("createTicket", { orderId: 1, dishes: ["b"] }, { id: "m2", ...asking() });
    await until(() => replies.length === 2, "two replies");
    expect(payloadOf(replies[1])).toMatchObject({ code: "conflict", retryable: false });
  });
});

describe("a command and its undo", () => {
  it("is not executed when the undo came first", async () => {
    let executions = 0;
    await start({
      createTicket() {
        executions += 1;
        return { ticketId: 1 };
      },
    });
    await send("cancelTicket", { orderId: 1 }, { id: "u1", ...asking({ undoes: "m1" }) });
    await until(() => replies.length === 1, "the undo");
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { id: "m1", ...asking() });
    await until(() => replies.length === 2, "the answer");
    expect(executions).toBe(0);
    expect(replies.map(({ type }) => type)).toEqual(["ticketCancelled", "sagaspec.failure"]);
    expect(replies[1]?.headers["sagaspec-failure"]).toBe("undone");
  });
});

describe("time", () => {
  it("does not let an expired command be executed", async () => {
    let executions = 0;
    await start(
      {
        createTicket() {
          executions += 1;
          return { ticketId: 1 };
        },
      },
      { clock: { now: () => Date.now() + 10_000, after: () => () => {} } },
    );
    await send("createTicket", { orderId: 1, dishes: ["a"] }, { expiresAt: Date.now() + 5_000 });
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()).toEqual(["expired"]);
    expect(executions).toBe(0);
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("ends a handler that never returns, and tells it by its signal", async () => {
    let aborted = false;
    await start(
      {
        createTicket: (_, { signal }) => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
          return new Promise(() => {});
        },
      },
      { handlerTimeout: 60, lease: 90 },
    );
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await until(() => replies.length === 1, "the failure");
    expect(payloadOf(replies[0])).toMatchObject({ retryable: true });
    expect(aborted).toBe(true);
  });

  it("keeps the claim of a slow handler", async () => {
    let executions = 0;
    const inbox = createMemoryInbox();
    const slow: Partial<KitchenHandlers> = {
      async createTicket() {
        executions += 1;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return { ticketId: executions };
      },
    };
    await start(slow, { lease: 150, inbox });
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await new Promise((resolve) => setTimeout(resolve, 300));
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking());
    await until(() => replies.length === 2, "two replies");
    expect(executions).toBe(1);
  });

  it("aborts the signal when the requester's deadline has passed", async () => {
    let reason: unknown;
    await start({
      createTicket: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            setTimeout(() => resolve({ ticketId: 1 }), 100);
          });
        }),
    });
    const asked = createClient(kitchen, transport).createTicket({ orderId: 1, dishes: ["a"] }, { timeout: 300 });
    await expect(asked).rejects.toMatchObject({ code: "timeout" });
    await until(() => reason !== undefined, "the abort");
    expect(String(reason)).toContain("deadline");
  });
});

describe("a server", () => {
  it("does not start without all of its handlers", async () => {
    const partial = { createTicket: handlers.createTicket } as unknown as KitchenHandlers;
    await expect(serve(kitchen, partial, transport)).rejects.toThrow(
      "[invalid-usage] kitchen: no handler for cancelTicket, weigh, clean; ",
    );
    await expect(serve(kitchen, partial, transport)).rejects.toBeInstanceOf(SagaspecError);
  });

  it("takes an instance of a class", async () => {
    class Cook implements KitchenHandlers {
      #last = 200;
      createTicket = () => ({ ticketId: ++this.#last });
      cancelTicket(): void {
        this.#last -= 1;
      }
      weigh = handlers.weigh;
      clean(): void {}
    }
    await start(new Cook());
    servers.push(await serve(kitchen, new Cook(), transport));
    await createClient(kitchen, transport).cancelTicket({ orderId: 1 });
  });

  it("handles no more than the prefetch at the same time", async () => {
    let running = 0;
    let most = 0;
    await start(
      {
        async cancelTicket() {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
        },
      },
      { prefetch: 3 },
    );
    const client = createClient(kitchen, transport);
    await Promise.all(Array.from({ length: 20 }, (_, orderId) => client.cancelTicket({ orderId })));
    expect(most).toBe(3);
  });

  it("lets running handlers end when it closes", async () => {
    const order: string[] = [];
    let release = () => {};
    const server = await start({
      async cancelTicket() {
        order.push("started");
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        order.push("handled");
      },
    });
    const client = createClient(kitchen, transport);
    const answered = client.cancelTicket({ orderId: 1 });
    await until(() => order.length === 1, "the start");
    const closed = server.close().then(() => order.push("closed"));
    // Long enough for a close that waits for nothing.
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    await Promise.all([closed, answered]);
    expect(order).toEqual(["started", "handled", "closed"]);
  });

  it("waits only so long for them, and leaves the message to somebody else", async () => {
    let started = 0;
    const server = await start(
      {
        cancelTicket() {
          started += 1;
          return new Promise(() => {});
        },
      },
      { drain: 20 },
    );
    await send("cancelTicket", { orderId: 1 }, { id: "stuck" });
    await until(() => started === 1, "the start");
    await server.close();
    expect(transport.queues().find(({ name }) => name === "kitchen.kitchen.commands")?.waiting).toBe(1);
  });
});

describe("a trace", () => {
  it("goes on from a message to what its handler sends, and to its reply", async () => {
    const seen: unknown[] = [];
    const client = createClient(kitchen, transport);
    await start({
      async createTicket({ orderId }) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        await client.cancelTicket({ orderId });
        return { ticketId: 1 };
      },
      cancelTicket: (_, { headers }) => void seen.push(headers.traceparent, headers.tracestate, headers.baggage),
    });
    const trace = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "a=1",
      baggage: "k=v",
    };
    await send("createTicket", { orderId: 1, dishes: ["a"] }, asking(trace));
    await until(() => replies.length === 1, "the reply");
    expect(seen).toEqual([trace.traceparent, trace.tracestate, trace.baggage]);
    expect(replies[0]?.headers).toMatchObject(trace);
  });
});
