// Participants that know the contract and nothing else: they echo what it declares, and answer where it says.
import { createClient, createSagaRunner, saga, serve, type Transport } from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Json, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { createMemorySagaStore, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withTrace } from "../../../runtime/src/wire/trace.js";
import { until } from "../conformance/transport.js";

type Body = { readonly [name: string]: Json };

const object = (properties: Body): Schema<never> => ({ type: "object", properties });
const InputSchema: Schema<{ orderId: number }> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: { type: "integer" } },
};
const integer = { type: "integer" };

/** A request `print.<name>`, whose messages have the correlation id at `place`. */
function request<P, R>(
  name: string,
  place: string,
  properties: Body,
  more: { headers?: Schema<never>; replies?: string; parameters?: Body } = {},
): Request<P, R, Record<never, never>> {
  const { headers, replies, parameters } = more;
  const message = (own: string): Message<never, never> => ({
    name: own,
    payload: object(properties),
    correlationId: place,
    ...(headers && { headers }),
  });
  return {
    kind: "request",
    id: `print.${name}`,
    action: "receive",
    channel: {
      address: parameters ? `print.${name}.{room}` : `print.${name}`,
      ...(parameters && { parameters: { room: {} } }),
    },
    message: message(name) as Message<P>,
    reply: {
      success: [message(`${name}Done`)],
      ...(replies ? { channel: { address: replies } } : { address: "$message.header#/answerTo" }),
    },
    timeoutMs: 2_000,
  };
}

interface Print extends Contract<Client<Print>, Handlers<Print>> {
  readonly header: Request<Body, Body>;
  readonly uuid: Request<Body, Body>;
  readonly number: Request<Body, Body>;
  readonly business: Request<{ orderId: number }, Body>;
  readonly fixed: Request<{ orderId: number }, Body>;
  readonly room: Request<Body, Body>;
  readonly told: Send<{ orderId: number }, { room: string }, { urgency: "low" | "high" }>;
}
const print: Print = {
  $contract: { service: "print", version: "1.0.0" },
  header: request("header", "$message.header#/job", {}),
  uuid: request(
    "uuid",
    "$message.header#/job",
    {},
    {
      headers: object({ job: { type: "string", format: "uuid" } }),
    },
  ),
  number: request("number", "$message.payload#/job", { job: { type: "integer", minimum: 1, maximum: 1_000_000 } }),
  business: request("business", "$message.payload#/orderId", { orderId: integer }),
  fixed: request("fixed", "$message.payload#/orderId", { orderId: integer }, { replies: "print.answers" }),
  room: request("room", "$message.header#/job", {}, { parameters: { room: {} } }),
  told: {
    kind: "send",
    id: "print.told",
    action: "receive",
    channel: { address: "print.told.{room}", parameters: { room: {} } },
    message: {
      name: "told",
      payload: object({ orderId: integer }),
      headers: { type: "object", required: ["urgency"], properties: { urgency: { enum: ["low", "high"] } } },
    },
  },
};

let transport: MemoryTransport;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  transport = createMemoryTransport();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await transport.close();
});

/** Echoes headers and payload to where the contract says, and knows none of the protocol's own properties. */
async function plain(address: string, answers?: string): Promise<void> {
  const source = { address, service: "print", action: "receive", group: "print", durable: true } as const;
  await transport.subscribe(source, { prefetch: 10 }, (batch) => {
    for (const incoming of batch) {
      const { type, body, sentAt } = incoming;
      const { job, answerTo } = incoming.headers;
      const to = answers
        ? ({ address: answers, service: "print", action: "send" } as const)
        : { reply: String(answerTo) };
      const headers = job === undefined ? {} : { job };
      const contentType = "application/json";
      void transport.send([{ to, id: "", type: `${type}Done`, body, headers, contentType, sentAt }]);
      incoming.settle("ack");
    }
  });
}

async function runner(sagas: Parameters<typeof createSagaRunner>[0]["sagas"], store = createMemorySagaStore()) {
  const one = createSagaRunner({ service: "shop", sagas, store, transport, settleTime: 0 });
  await one.start();
  closing.push(() => one.close());
  return one;
}

describe.each([
  ["memory", () => createMemorySagaStore()],
  ["SQLite", () => createSqliteStore({ path: ":memory:" })],
] as const)("a reply, with the store in %s,", (_, create) => {
  it.each([
    ["a header of its own", "header"],
    ["a UUID made of it", "uuid"],
    ["a number made of it", "number"],
    ["a business value", "business"],
  ] as const)("is told by %s alone", async (_place, name) => {
    await plain(`print.${name}`);
    const definition = saga("print", { version: 1, input: InputSchema }).step("print", {
      call: print[name] as Request<Body, Body>,
      with: ({ input }) => (name === "business" ? { orderId: input.orderId } : {}),
    });
    const sagas = await runner([definition], create() as never);
    const handles = await Promise.all([1, 2, 3].map((orderId) => sagas.run(definition, { orderId })));
    const ends = await Promise.all(handles.map((handle) => handle.result({ timeout: "5s" })));
    expect(ends.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
    expect(transport.deadLetters()).toEqual([]);
  });
});

describe("a business value", () => {
  const definition = saga("print", { version: 1, input: InputSchema }).step("print", {
    call: print.business,
    with: ({ input }) => ({ orderId: input.orderId }),
    timeout: 400,
  });

  it("may be used again by a later saga", async () => {
    await plain("print.business");
    const sagas = await runner([definition]);
    for (let round = 0; round < 2; round += 1) {
      const handle = await sagas.run(definition, { orderId: 7 });
      expect((await handle.result()).status).toBe("completed");
    }
  });

  it("of two open commands is nobody's reply: it is set aside, and both time out", async () => {
    const source = {
      address: "print.business",
      service: "print",
      action: "receive",
      group: "g",
      durable: true,
    } as const;
    const asked: string[] = [];
    await transport.subscribe(source, { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        asked.push(String(incoming.headers.answerTo));
        incoming.settle("ack");
      }
    });
    const sagas = await runner([definition]);
    const handles = await Promise.all([1, 2].map(() => sagas.run(definition, { orderId: 7 })));
    await until(() => asked.length === 2, "both commands");
    const body = Buffer.from(JSON.stringify({ orderId: 7 }));
    const message = { id: "r", type: "businessDone", body, contentType: "application/json", headers: {} };
    await transport.send([{ ...message, to: { reply: asked[0] as string }, sentAt: Date.now() }]);
    for (const handle of handles) expect((await handle.result()).failure?.kind).toBe("timeout");
    expect(transport.deadLetters().map(({ reason }) => reason)).toEqual([
      "ambiguous-reply: several open commands have its correlation id",
    ]);
  });

  it("of a reply that comes late is recognised", async () => {
    let answer: (() => Promise<unknown>) | undefined;
    const source = {
      address: "print.business",
      service: "print",
      action: "receive",
      group: "g",
      durable: true,
    } as const;
    await transport.subscribe(source, { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        const { body, headers, sentAt } = incoming;
        const to = { reply: String(headers.answerTo) };
        const reply = { to, id: "r", type: "businessDone", body, contentType: "application/json", headers: {}, sentAt };
        answer = () => transport.send([reply]);
        incoming.settle("ack");
      }
    });
    const kinds: string[] = [];
    const store = createMemorySagaStore();
    const observe = (rows: readonly { kind: string }[]) => void kinds.push(...rows.map(({ kind }) => kind));
    const sagas = createSagaRunner({ service: "shop", sagas: [definition], store, transport, settleTime: 0, observe });
    await sagas.start();
    closing.push(() => sagas.close());
    const handle = await sagas.run(definition, { orderId: 7 });
    expect((await handle.result()).status).toBe("compensated");
    await answer?.();
    await until(() => kinds.includes("late-reply"), "the late reply in the history");
    expect(transport.deadLetters()).toEqual([]);
  });
});

describe("replies on a channel that the document fixes", () => {
  it("reach the sagas that asked, and those of others are left alone", async () => {
    await plain("print.fixed", "print.answers");
    const definition = saga("print", { version: 1, input: InputSchema }).step("print", {
      call: print.fixed,
      with: ({ input }) => ({ orderId: input.orderId }),
    });
    const others = createMemorySagaStore();
    const [mine, theirs] = [await runner([definition]), await runner([definition], others)];
    const handles = [await mine.run(definition, { orderId: 1 }), await theirs.run(definition, { orderId: 2 })];
    for (const handle of handles) expect((await handle.result()).status).toBe("completed");
    expect(transport.deadLetters()).toEqual([]);
  });
});

describe("a trace", () => {
  it("goes on in the messages of a saga that is started in it", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const seen: unknown[] = [];
    const definition = saga("print", { version: 1, input: InputSchema }).step("tell", {
      send: print.told,
      with: ({ input }) => input,
      parameters: () => ({ room: "north" }),
      headers: () => ({ urgency: "low" }),
    });
    const sagas = await runner([definition]);
    const told = { address: "print.told.north", service: "print", action: "receive", durable: true } as const;
    await transport.subscribe(told, { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        seen.push(incoming.headers.traceparent, incoming.headers.urgency);
        incoming.settle("ack");
      }
    });
    const shop = {
      $contract: { service: "shop", version: "1.0.0" },
      buy: { ...print.told, id: "shop.buy", channel: { address: "shop.buy" } },
    };
    const server = await serve<{ buy: () => Promise<void> }>(
      shop,
      { buy: async () => void (await sagas.run(definition, { orderId: 1 })) },
      transport,
    );
    closing.push(() => server.close());
    const to = { address: "shop.buy", service: "shop", action: "receive" } as const;
    const headers = { traceparent, urgency: "high" };
    const body = Buffer.from("{}");
    await transport.send([
      { to, id: "b", type: "told", body, headers, contentType: "application/json", sentAt: Date.now() },
    ]);
    await until(() => seen.length === 2, "the message of the saga");
    expect(seen).toEqual([traceparent, "low"]);
  });
});

describe("the trace of a saga", () => {
  it("goes on in what a function of it sends, and the function may read it", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const seen: unknown[] = [];
    const client = createClient(print, transport);
    const definition = saga("print", { version: 1, input: InputSchema }).step("tell", {
      run: async (_, { trace }) => {
        await Promise.resolve();
        await client.told({ orderId: 1 }, { parameters: { room: "south" }, headers: { urgency: "low" } });
        seen.push(trace);
      },
    });
    const sagas = await runner([definition]);
    const told = { address: "print.told.south", service: "print", action: "receive", durable: true } as const;
    await transport.subscribe(told, { prefetch: 10 }, (batch) => {
      for (const incoming of batch) {
        seen.push(incoming.headers.traceparent);
        incoming.settle("ack");
      }
    });
    await withTrace({ traceparent }, () => sagas.run(definition, { orderId: 1 }));
    await until(() => seen.length === 2, "the message of the function");
    expect(seen).toEqual(expect.arrayContaining([traceparent, { traceparent }]));
  });
});

describe("an address with parameters", () => {
  it("is filled by the step, and the message has the step's headers", async () => {
    const seen: unknown[] = [];
    const server = await serve(
      print,
      {
        header: (payload) => payload,
        uuid: (payload) => payload,
        number: (payload) => payload,
        business: (payload) => payload,
        fixed: (payload) => payload,
        room: (payload, { parameters, headers }) => {
          seen.push([{ ...(parameters as object) }, headers.color]);
          return payload;
        },
        told: (payload, { parameters, headers }) => void seen.push([payload, { ...parameters }, headers.urgency]),
      },
      transport as Transport,
      { parameters: { room: "north" } },
    );
    closing.push(() => server.close());
    const definition = saga("print", { version: 1, input: InputSchema })
      .step("print", {
        call: print.room,
        with: () => ({}),
        parameters: () => ({ room: "north" }),
        headers: () => ({ color: "red" }),
      })
      .step("tell", {
        send: print.told,
        with: ({ input }) => input,
        parameters: () => ({ room: "north" }),
        headers: () => ({ urgency: "high" }),
      });
    const sagas = await runner([definition]);
    const handle = await sagas.run(definition, { orderId: 1 });
    expect((await handle.result()).status).toBe("completed");
    await until(() => seen.length === 2, "both messages");
    expect(seen).toEqual([
      [{ room: "north" }, "red"],
      [{ orderId: 1 }, { room: "north" }, "high"],
    ]);
  });

  it("that nothing fills is a mistake in the definition", () => {
    const begin = saga("print", { version: 1, input: InputSchema });
    expect(() => begin.step("print", { call: print.room, with: () => ({}) })).toThrow(
      "the address of 'print.room' has parameters; give the step parameters: () => ({ room })",
    );
  });
});
