// What a participant does with every message: schema, inbox, undone, expiry, run.
import { type Inbox, type Message, type Problem, type Server, serve, TerminalError } from "@sagaspec/runtime";
import { createMemoryInbox, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KitchenHandlers, kitchen } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: 200 + orderId }),
  cancelTicket() {},
  weigh: (payload) => ({ name: "light", payload }),
  clean() {},
};

let transport: MemoryTransport;
let replyTo: string;
let replies: Message[];
let problems: Problem[];
const servers: Server[] = [];

beforeEach(async () => {
  transport = createMemoryTransport();
  replies = [];
  problems = [];
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

const onProblem = (problem: Problem) => void problems.push(problem);

async function start(some: Partial<KitchenHandlers> = {}, options: Parameters<typeof serve>[3] = {}) {
  const server = await serve(kitchen, { ...handlers, ...some }, transport, { onProblem, ...options });
  servers.push(server);
  return server;
}

/** A request as our clients write it: it accepts the standard failure. */
const ours = () => ({ headers: { replyTo, correlationId: "c", "accept-failure": "sagaspec" } });
/** A request of a peer that knows the contract only. */
const plain = () => ({ headers: { replyTo, correlationId: "c" } });

async function send(type: string, body: unknown, more: Partial<Message> = {}, address = "kitchen.commands") {
  const to = { address, service: "kitchen", action: "receive" } as const;
  const content = { body: Buffer.from(JSON.stringify(body)), contentType: "application/json", headers: {} };
  expect(await transport.send([{ to, id: "m1", type, sentAt: Date.now(), ...content, ...more }])).toEqual(["accepted"]);
}

const payloadOf = (message: Message | undefined) => JSON.parse(Buffer.from(message?.body ?? []).toString() || "null");
const reasons = () => transport.deadLetters().map(({ reason }) => reason);
const order = { orderId: 1, dishes: ["a"] };

describe.each([
  ["memory", () => ({ inbox: createMemoryInbox(), close: async () => {} })],
  [
    "SQLite",
    () => {
      const store = createSqliteStore({ path: ":memory:" });
      return { inbox: store.inbox, close: () => store.close() };
    },
  ],
] as const)("a participant with its inbox in %s", (_, create) => {
  let inbox: Inbox;
  let close: () => Promise<void>;
  beforeEach(() => {
    ({ inbox, close } = create());
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await close();
  });

  it("records a refusal, and answers the duplicate with it", async () => {
    let executions = 0;
    await start(
      {
        createTicket(_, { fail }) {
          executions += 1;
          throw fail("ticketRefused", { reason: "closed" });
        },
      },
      { inbox },
    );
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the refusal");
    await send("createTicket", order, { id: "m2", ...ours() });
    await until(() => replies.length === 2, "the same refusal");
    expect(replies.map(({ type }) => type)).toEqual(["ticketRefused", "ticketRefused"]);
    expect(executions).toBe(1);
  });

  it("answers a duplicate with what was recorded, whatever the handler does with it afterwards", async () => {
    const ticket = { ticketId: 1 };
    await start({ createTicket: () => ticket }, { inbox });
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the reply");
    ticket.ticketId = 2;
    await send("createTicket", order, { id: "m2", ...ours() });
    await until(() => replies.length === 2, "the reply again");
    expect(payloadOf(replies[1])).toEqual({ ticketId: 1 });
  });

  it("never records what may be tried again", async () => {
    let executions = 0;
    await start(
      {
        createTicket() {
          executions += 1;
          throw new Error("not now");
        },
      },
      { inbox },
    );
    for (const id of ["m1", "m1", "m2"]) await send("createTicket", order, { id, ...ours() });
    await until(() => executions === 3 && replies.length === 3, "three executions");
    expect(await inbox.unsent(["kitchen.createTicket"], 0, 10)).toEqual([]);
  });

  it("takes an order for the same however a peer has written its JSON", async () => {
    let executions = 0;
    await start({ createTicket: () => ({ ticketId: ++executions }) }, { inbox });
    const notes = { by: "ada", nonuts: true };
    await send("createTicket", { orderId: 1, dishes: ["a"], notes }, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the ticket");
    const again = { notes: { nonuts: true, by: "ada" }, dishes: ["a"], orderId: 1 };
    await send("createTicket", again, { id: "m2", ...ours() });
    await until(() => replies.length === 2, "the same ticket");
    await send("createTicket", { ...again, dishes: ["b"] }, { id: "m3", ...ours() });
    await until(() => replies.length === 3, "a conflict");
    expect(replies.map(payloadOf)).toMatchObject([{ ticketId: 1 }, { ticketId: 1 }, { code: "conflict" }]);
  });

  it("does not take one operation's message for another's, though a peer uses the id twice", async () => {
    await start({}, { inbox });
    await send("weigh", { grams: 5 }, { id: "1", replyTo, ...ours() });
    await until(() => replies.length === 1, "the weight");
    await send("cancelTicket", { orderId: 1 }, { id: "1", ...ours() });
    await until(() => replies.length === 2, "an answer");
    expect(payloadOf(replies[1])).toMatchObject({ code: "conflict", retryable: false });
  });

  it("keeps a command from executing after its undo, in a group of its own as well", async () => {
    let executions = 0;
    const createTicket = () => ({ ticketId: ++executions });
    await start({ createTicket }, { inbox, group: "north" });
    await send("cancelTicket", { orderId: 1 }, { id: "u1", headers: { ...ours().headers, undoes: "m1" } });
    await until(() => replies.length === 1, "the undo");
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 2, "the answer");
    expect(replies[1]?.headers["sagaspec-failure"]).toBe("undone");
    expect(executions).toBe(0);
  });

  it("lets an undo wait until its command has ended, then undoes it", async () => {
    const story: string[] = [];
    let proceed = () => {};
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    await start(
      {
        async createTicket() {
          story.push("create");
          await gate;
          story.push("created");
          return { ticketId: 1 };
        },
        cancelTicket: () => void story.push("cancelled"),
      },
      { inbox, lease: 300 },
    );
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => story.length === 1, "the command");
    await send("cancelTicket", { orderId: 1 }, { id: "u1", headers: { ...ours().headers, undoes: "m1" } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(story).toEqual(["create"]);
    proceed();
    await until(() => story.length === 3, "the undo");
    expect(story).toEqual(["create", "created", "cancelled"]);
  });

  it("sweeps what can be sent past a recorded reply that cannot", async () => {
    const record = async (messageId: string, ticketId: unknown) => {
      const claim = { messageId, operation: "kitchen.createTicket", key: messageId, fingerprint: "" };
      const [claimed] = await inbox.claim([claim], 1_000);
      if (claimed?.state !== "claimed") throw new Error("not claimed");
      const payload = { ticketId: ticketId as number };
      const name = "kitchen.createTicket/ticketCreated";
      await inbox.finish([{ token: claimed.token, reply: { name, payload, replyTo, correlationId: messageId } }]);
    };
    // As an older version of the contract had it.
    await record("m1", "one");
    await record("m2", 2);
    await start({}, { inbox });
    await until(() => replies.length === 1, "the swept reply", 10_000);
    expect(payloadOf(replies[0])).toEqual({ ticketId: 2 });
    await until(() => problems.length === 1, "the report of the other");
    expect(problems[0]?.reason).toContain("ticketId");
    expect(await inbox.unsent(["kitchen.createTicket"], 0, 10)).toEqual([]);
  });
});

describe("the order of things", () => {
  it("an invalid message leaves no trace in the inbox", async () => {
    await start();
    await send("createTicket", { orderId: 1, dishes: [] }, { id: "m1", ...ours() });
    await until(() => replies.length === 1 && reasons().length === 1, "the refusal");
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 2, "the ticket");
    expect(replies[1]?.type).toBe("ticketCreated");
  });

  it("an expired duplicate is answered still: only what would be executed expires", async () => {
    await start();
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the reply");
    const to = { address: "kitchen.commands", service: "kitchen", action: "receive" } as const;
    const server = servers.pop();
    await server?.close();
    const clock = { now: () => Date.now() + 10_000, after: () => () => {} };
    const inbox = createMemoryInbox();
    const [claimed] = await inbox.claim(
      [{ messageId: "m2", operation: "kitchen.cancelTicket", key: "m2", fingerprint: "" }],
      1_000,
    );
    if (claimed?.state !== "claimed") throw new Error("not claimed");
    await inbox.finish([
      { token: claimed.token, reply: { name: "kitchen.cancelTicket/ticketCancelled", payload: null, replyTo } },
    ]);
    await start({}, { inbox, clock });
    await transport.send([
      {
        to,
        id: "m2",
        type: "cancelTicket",
        body: Buffer.from('{"orderId":1}'),
        contentType: "application/json",
        sentAt: Date.now(),
        expiresAt: Date.now() + 5_000,
        ...ours(),
      },
    ]);
    await until(() => replies.length === 2, "the recorded reply");
    expect(replies[1]?.type).toBe("ticketCancelled");
  });

  it("allows the clocks of two machines two seconds", async () => {
    const clock = { now: () => Date.now() + 1_500, after: () => () => {} };
    await start({}, { clock });
    await send("createTicket", order, { expiresAt: Date.now() + 60, ...ours() });
    await until(() => replies.length === 1, "the reply");
    expect(replies[0]?.type).toBe("ticketCreated");
  });

  it("sets aside what is older than the inbox remembers", async () => {
    await start({}, { retention: "1h" });
    await send("createTicket", order, { sentAt: Date.now() - 3_700_000, ...ours() });
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()[0]).toMatch(/^stale: /);
    expect(replies).toEqual([]);
  });

  it("gives a plain peer no answer that its contract does not know, not even a recorded one", async () => {
    await start({
      createTicket() {
        throw new TerminalError("never");
      },
    });
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the failure");
    await send("createTicket", order, { id: "m2", ...plain() });
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()).toEqual(["failed: [terminal] never"]);
    expect(replies.length).toBe(1);
  });

  it("takes a duplicate again whose answer could not be sent", async () => {
    const inbox = createMemoryInbox();
    await start({}, { inbox, retry: { backoff: 20 } });
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 1, "the reply");
    const inner = transport.send.bind(transport);
    let lost = 0;
    transport.send = async (batch) => {
      const isReply = batch.some(({ to }) => "reply" in to);
      if (!isReply || lost === 2) return inner(batch);
      lost += 1;
      return batch.map(() => "unknown" as const);
    };
    await send("createTicket", order, { id: "m1", ...ours() });
    await until(() => replies.length === 2, "the reply again");
    expect(lost).toBe(2);
  });
});
