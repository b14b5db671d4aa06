// Messages that no contract foresees: each ends, told apart from the others, and stops nothing.
import {
  createClient,
  type Incoming,
  type Problem,
  type Server,
  serve,
  subscribe,
  type Transport,
} from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "./conformance/transport.js";

interface Tree {
  children?: Tree[];
}
const TreeSchema: Schema<Tree> = {
  $ref: "#/definitions/Tree",
  definitions: {
    Tree: { type: "object", properties: { children: { type: "array", items: { $ref: "#/definitions/Tree" } } } },
  },
};
const correlationId = "$message.header#/correlationId";
const headers = { type: "object", properties: { correlationId: { type: "string" } } };
const planted: Message<Tree> = { name: "planted", payload: TreeSchema };
const plant: Message<Tree> = { name: "plant", payload: TreeSchema, headers, correlationId };
const grown: Message<void> = { name: "grown", payload: { type: "null" }, headers, correlationId };

interface Garden extends Contract<Client<Garden>, Handlers<Garden>> {
  readonly plant: Request<Tree, void>;
}
const garden: Garden = {
  $contract: { service: "garden", version: "1.0.0" },
  plant: {
    kind: "request",
    id: "garden.plant",
    action: "receive",
    channel: { address: "garden.commands" },
    message: plant,
    reply: { success: [grown] },
  },
};
interface GardenEvents extends Contract<Client<GardenEvents>, Handlers<GardenEvents>> {
  readonly planted: Send<Tree>;
}
const gardenEvents: GardenEvents = {
  $contract: { service: "garden", version: "1.0.0" },
  planted: {
    kind: "send",
    id: "garden.planted",
    action: "send",
    channel: { address: "garden.events" },
    message: planted,
  },
};

let transport: MemoryTransport;
let problems: Problem[];
const servers: Server[] = [];
const onProblem = (problem: Problem) => problems.push(problem);

beforeEach(() => {
  transport = createMemoryTransport();
  problems = [];
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await transport.close();
});

async function send(type: string, body: string | Uint8Array, more: Partial<Incoming> = {}, events = false) {
  const to = {
    address: events ? "garden.events" : "garden.commands",
    service: "garden",
    action: events ? "send" : "receive",
  } as const;
  const content = { body: Buffer.from(body as string), contentType: "application/json", headers: {}, ...more };
  expect(await transport.send([{ to, id: `m${Math.random()}`, type, sentAt: Date.now(), ...content }])).toEqual([
    "accepted",
  ]);
}

/** Answers of the garden to a peer that knows the contract only. */
async function repliesOf() {
  const got: Incoming[] = [];
  const { address } = await transport.subscribe({ repliesOf: "peer", durable: false }, { prefetch: 10 }, (batch) => {
    for (const reply of batch) {
      got.push(reply);
      reply.settle("ack");
    }
  });
  return { got, replyTo: address };
}

const reasons = () => transport.deadLetters().map(({ reason }) => reason);
const deep = (levels: number) => `${'{"children":['.repeat(levels)}${"]}".repeat(levels)}`;

describe("a message that goes beyond what can be checked", () => {
  test("a command nested more deeply than the stack is set aside, and the next one is handled", async () => {
    const handled: Tree[] = [];
    servers.push(await serve(garden, { plant: (tree) => void handled.push(tree) }, transport, { onProblem }));
    await send("plant", deep(40_000));
    await send("plant", "{}");
    await until(() => handled.length === 1, "the next command");
    expect(reasons()).toEqual([expect.stringMatching(/^invalid-message: /)]);
  });

  test("an event nested more deeply than the stack is set aside by each group", async () => {
    const heard: Tree[] = [];
    const handlers = { planted: (tree: Tree) => void heard.push(tree) };
    servers.push(await subscribe(gardenEvents, handlers, transport, { group: "neighbours", onProblem }));
    await send("planted", deep(40_000), {}, true);
    await send("planted", "{}", {}, true);
    await until(() => heard.length === 1, "the next event");
    expect(reasons()).toEqual([expect.stringMatching(/^invalid-message: /)]);
  });

  test.each([
    ["Latin-1", Buffer.from('{"children":[],"a":"caf\xe9"}', "latin1")],
    ["a truncated character", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')])],
    [
      "a surrogate in three bytes",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
  ])("%s is no JSON text, and is never read as other characters", async (_, body) => {
    servers.push(await serve(garden, { plant() {} }, transport, { onProblem }));
    await send("plant", body);
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()[0]).toMatch(/^invalid-message: .*is not application\/json/);
  });

  test("the sign for what is no text may stand in a text", async () => {
    const handled: Tree[] = [];
    servers.push(await serve(garden, { plant: (tree) => void handled.push(tree) }, transport, { onProblem }));
    await send("plant", '{"children":[],"note":"\ufffd"}');
    await until(() => handled.length === 1, "the command");
  });
});

describe("a message that the service does not know", () => {
  test("in the service's own queue it goes back for another instance, then aside with the reason", async () => {
    const retry = { attempts: 3, backoff: "1ms", maxBackoff: "5ms" } as const;
    servers.push(await serve(garden, { plant() {} }, transport, { onProblem, retry }));
    await send("uproot", "{}");
    await until(() => reasons().length === 1, "the dead letter");
    expect(reasons()).toEqual(['unknown-message: nothing here is called "uproot"']);
    expect(transport.deadLetters()[0]?.deliveries).toBeGreaterThan(3);
    expect(problems).toEqual([expect.objectContaining({ kind: "dead-letter" })]);
  });

  test("an instance that knows it gets it from one that does not", async () => {
    const uproot = { ...garden.plant, id: "garden.uproot", message: { ...plant, name: "uproot" } };
    const newer = { $contract: garden.$contract, plant: garden.plant, uproot } as unknown as Garden;
    const done: string[] = [];
    const retry = { backoff: "1ms", maxBackoff: "5ms" } as const;
    servers.push(await serve(garden, { plant() {} }, transport, { onProblem, retry }));
    const handlers = { plant() {}, uproot: () => void done.push("uproot") };
    servers.push(await serve(newer, handlers as never, transport, { onProblem, retry }));
    for (let count = 0; count < 10; count += 1) await send("uproot", "{}");
    await until(() => done.length === 10, "all of them");
    expect(reasons()).toEqual([]);
  });

  test("an event of another kind is nobody's fault", async () => {
    servers.push(await subscribe(gardenEvents, { planted() {} }, transport, { group: "neighbours", onProblem }));
    await send("watered", "{}", {}, true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([reasons(), problems]).toEqual([[], []]);
  });
});

describe("a payload of null", () => {
  test("goes out as JSON null", async () => {
    servers.push(await serve(garden, { plant() {} }, transport, { onProblem }));
    const { got, replyTo } = await repliesOf();
    await send("plant", "{}", { replyTo, headers: { correlationId: "c" } });
    await until(() => got.length === 1, "the reply");
    expect(Buffer.from(got[0]?.body ?? []).toString()).toBe("null");
  });

  test.each([
    ["null", "null", true],
    ["an empty body", "", true],
    ["an object", "{}", false],
    ["bytes", Buffer.from([0xff, 0xfe]), false],
  ])("%s as the answer is judged", async (_, body, isGood) => {
    await transport.subscribe(
      { address: "garden.commands", service: "garden", action: "receive", group: "garden", durable: true },
      { prefetch: 1 },
      (batch) => {
        for (const request of batch) {
          const reply = {
            to: { reply: request.replyTo ?? "" },
            id: "r",
            type: "grown",
            sentAt: Date.now(),
            contentType: "application/json",
            headers: { correlationId: request.correlationId ?? "" },
            body: Buffer.from(body as string),
          };
          void transport.send([reply]);
          request.settle("ack");
        }
      },
    );
    const asked = createClient(garden, transport, { onProblem }).plant({});
    if (isGood) expect(await asked).toBeUndefined();
    else await expect(asked).rejects.toMatchObject({ code: "invalid-reply" });
  });
});

test("a standard failure can be told by the header that the contract declares", async () => {
  const failing = () => {
    throw new Error("no");
  };
  servers.push(await serve(garden, { plant: failing }, transport, { onProblem }));
  const { got, replyTo } = await repliesOf();
  await send("plant", "{}", { replyTo, headers: { correlationId: "told", "accept-failure": "sagaspec" } });
  await until(() => got.length === 1, "the failure");
  expect(got[0]).toMatchObject({ type: "sagaspec.failure", headers: { correlationId: "told" } });
});

test("each request names the queue that its replies have at that time", async () => {
  const asked: (string | undefined)[] = [];
  let address = "before";
  const renamed: Transport = {
    ...transport,
    traits: transport.traits,
    prepare: async () => [],
    async send(batch) {
      for (const { replyTo } of batch) asked.push(replyTo);
      return batch.map(() => "accepted" as const);
    },
    subscribe: async () => ({
      get address() {
        return address;
      },
      connected: () => true,
      idleSince: () => 0,
      stop: async () => undefined,
    }),
    close: async () => undefined,
  };
  const client = createClient(garden, renamed, { onProblem, timeout: "20ms" });
  await client.plant({}).catch(() => undefined);
  address = "after";
  await client.plant({}).catch(() => undefined);
  expect(asked).toEqual(["before", "after"]);
});
