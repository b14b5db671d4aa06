import {
  createClient,
  isFailure,
  notImplemented,
  type Problem,
  RequestFailed,
  SagaspecError,
  type Server,
  serve,
  subscribe,
  TerminalError,
} from "@sagaspec/runtime";
import { createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KitchenHandlers, kitchen, kitchenEvents } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

let transport: MemoryTransport;
let problems: Problem[];
let servers: Server[];

beforeEach(() => {
  transport = createMemoryTransport();
  problems = [];
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await transport.close();
});

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: 200 + orderId }),
  cancelTicket() {},
  weigh: ({ grams }) => ({ name: grams > 500 ? "heavy" : "light", payload: { grams } }),
  clean() {},
};

async function serveKitchen(some: Partial<KitchenHandlers> = {}, options: Parameters<typeof serve>[3] = {}) {
  const onProblem = (problem: Problem) => problems.push(problem);
  const server = await serve(kitchen, { ...handlers, ...some }, transport, { onProblem, ...options });
  servers.push(server);
  return server;
}

async function caught(promise: Promise<unknown>): Promise<SagaspecError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SagaspecError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const order = { orderId: 1, dishes: ["soup"] };

describe("a request", () => {
  it("is answered with what the handler returns", async () => {
    await serveKitchen();
    expect(await createClient(kitchen, transport).createTicket(order)).toEqual({ ticketId: 201 });
  });

  it("is answered with nothing where the reply has no payload", async () => {
    await serveKitchen();
    expect(await createClient(kitchen, transport).cancelTicket({ orderId: 1 })).toBeUndefined();
  });

  it("tells which of several success replies it got, and finds it by a correlation id in the payload", async () => {
    await serveKitchen();
    const client = createClient(kitchen, transport);
    const [light, heavy] = await Promise.all([client.weigh({ grams: 1 }), client.weigh({ grams: 501 })]);
    expect(light).toMatchObject({ name: "light", payload: { grams: 1 } });
    expect(heavy).toMatchObject({ name: "heavy", payload: { grams: 501 } });
    expect(light.payload.correlation).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[57]/);
  });

  it("keeps a correlation id that the caller gives, and refuses it while another request holds it", async () => {
    const correlation = "0b3f7a52-6a3b-4a43-8f43-0d3c8a2f7e10";
    await serveKitchen();
    const client = createClient(kitchen, transport);
    const first = client.weigh({ grams: 1, correlation });
    const second = await caught(client.weigh({ grams: 2, correlation }));
    expect(second.code).toBe("conflict");
    expect((await first).payload.correlation).toBe(correlation);
  });

  it("fails with the declared failure that the handler throws", async () => {
    await serveKitchen({
      createTicket(_, { fail }) {
        throw fail("ticketRefused", { reason: "sold-out" });
      },
    });
    const error = await caught(createClient(kitchen, transport).createTicket(order));
    if (!isFailure(error, kitchen.createTicket)) throw error;
    expect(error.failure).toEqual({ name: "ticketRefused", payload: { reason: "sold-out" } });
    expect(isFailure(error, kitchen.cancelTicket)).toBe(false);
    expect(error).toBeInstanceOf(RequestFailed);
  });

  it("fails as retryable when the handler throws anything else", async () => {
    await serveKitchen({
      createTicket() {
        throw new Error("the oven is cold");
      },
    });
    const error = await caught(createClient(kitchen, transport).createTicket(order));
    expect(error).toMatchObject({ code: "remote-error", retryable: true });
    expect(error.message).toContain("the oven is cold");
    expect(error.message).not.toContain("at ");
  });

  it("fails for good when the handler says so, or is not written", async () => {
    await serveKitchen({
      createTicket() {
        throw new TerminalError("no such dish");
      },
      cancelTicket: () => notImplemented("kitchen.cancelTicket"),
    });
    const client = createClient(kitchen, transport);
    expect(await caught(client.createTicket(order))).toMatchObject({ code: "remote-error", retryable: false });
    const unwritten = await caught(client.cancelTicket({ orderId: 1 }));
    expect(unwritten.message).toContain("not implemented");
    expect(unwritten.retryable).toBe(false);
  });

  it("fails when what the handler returns breaks the contract", async () => {
    const wrong = { ticketId: "one" } as unknown as { ticketId: number };
    await serveKitchen({ createTicket: () => wrong });
    const error = await caught(createClient(kitchen, transport).createTicket(order));
    expect(error).toMatchObject({ code: "remote-error", retryable: false });
    expect(error.message).toContain('"one" at /ticketId, which must be integer');
  });

  it("ends with a timeout that says what, how long and what to do", async () => {
    await serveKitchen({ createTicket: () => new Promise(() => {}) }, { drain: 0 });
    const error = await caught(createClient(kitchen, transport).createTicket(order, { timeout: 30 }));
    expect(error.message).toContain("[timeout] kitchen.createTicket: no reply within 30 ms; ");
    expect(error.retryable).toBe(true);
  });

  it("hands a reply that comes too late to the hook", async () => {
    let answer: (() => void) | undefined;
    await serveKitchen({
      createTicket: () =>
        new Promise((resolve) => {
          answer = () => resolve({ ticketId: 1 });
        }),
    });
    const late: string[] = [];
    const client = createClient(kitchen, transport, { onLateReply: (reply) => late.push(reply.type) });
    const asked = caught(client.createTicket(order, { timeout: 300 }));
    await until(() => answer !== undefined, "the start of the handler");
    expect((await asked).code).toBe("timeout");
    answer?.();
    await until(() => late.length === 1, "the late reply");
    expect(late).toEqual(["ticketCreated"]);
  });

  it("ends with the reason of an aborted signal, before or after it was sent", async () => {
    await serveKitchen({ createTicket: () => new Promise(() => {}) }, { drain: 0 });
    const client = createClient(kitchen, transport);
    const reason = new Error("changed my mind");
    await expect(client.createTicket(order, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const promise = client.createTicket(order, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 10);
    await expect(promise).rejects.toBe(reason);
  });

  it("ends with the reason of a signal that is aborted while it waits to be sent, and is not sent then", async () => {
    let asked = 0;
    await serveKitchen({
      createTicket() {
        asked += 1;
        return { ticketId: 1 };
      },
    });
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const promise = createClient(kitchen, transport).createTicket(order, { signal: controller.signal });
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
    await createClient(kitchen, transport).createTicket({ ...order, orderId: 2 });
    expect(asked).toBe(1);
  });

  it("says that it was not sent when there was no connection for its reply in time", async () => {
    transport.subscribe = () => new Promise(() => {});
    const error = await caught(createClient(kitchen, transport).createTicket(order, { timeout: 30 }));
    expect(error).toMatchObject({ code: "transport-unavailable", retryable: true });
    expect(error.message).toContain("within 30 ms, so that it was not sent; see whether the broker can be reached");
  });

  it("fails at once when nobody listens", async () => {
    const error = await caught(createClient(kitchen, transport).createTicket(order));
    expect(error.message).toContain('[unroutable] kitchen.createTicket: nobody listens at "kitchen.commands"');
  });

  it("fails with pointer and value when its payload breaks the contract", async () => {
    const wrong = { orderId: "1", dishes: [] } as unknown as typeof order;
    const error = await caught(createClient(kitchen, transport).createTicket(wrong));
    expect(error.code).toBe("invalid-message");
    expect(error.message).toContain('"1" at /orderId, which must be integer');
  });

  it("never shows a secret in an error", async () => {
    const error = await caught(createClient(kitchen, transport).createTicket({ ...order, pin: "123" }));
    expect(error.message).toContain("/pin");
    expect(error.message).not.toContain("123");
  });

  it("says so when the reply is none of the contract's", async () => {
    await transport.subscribe(
      { address: "kitchen.commands", service: "kitchen", action: "receive", group: "kitchen", durable: true },
      { prefetch: 1 },
      ([incoming]) => {
        incoming?.settle("ack");
        const { replyTo = "", correlationId = "" } = incoming ?? {};
        const common = { contentType: "application/json", headers: {}, sentAt: 0, correlationId };
        const body = Buffer.from("{}");
        void transport.send([{ to: { reply: replyTo }, id: "r", type: "surprise", body, ...common }]);
      },
    );
    const error = await caught(createClient(kitchen, transport).createTicket(order));
    expect(error.code).toBe("invalid-reply");
    expect(error.message).toContain('"surprise"');
  });
});

describe("a command without answer", () => {
  it("reaches its handler with typed headers", async () => {
    const seen: unknown[] = [];
    await serveKitchen({ clean: (payload, { headers }) => void seen.push(payload, headers.urgency) });
    await createClient(kitchen, transport).clean({ room: "north" }, { headers: { urgency: "high" } });
    await until(() => seen.length === 2, "the command");
    expect(seen).toEqual([{ room: "north" }, "high"]);
  });

  it("is refused when a header breaks the contract", async () => {
    await serveKitchen();
    const headers = { urgency: "soon" } as unknown as { urgency: "low" };
    const error = await caught(createClient(kitchen, transport).clean({ room: "north" }, { headers }));
    expect(error.message).toContain("header");
    expect(error.message).toContain("/urgency");
  });

  it("is tried again, and set aside with the reason when it never works", async () => {
    let attempts = 0;
    const retry = { attempts: 3, backoff: 5 };
    await serveKitchen(
      {
        clean() {
          attempts += 1;
          throw new Error("no water");
        },
      },
      { retry },
    );
    await createClient(kitchen, transport).clean({ room: "north" }, { headers: { urgency: "low" } });
    await until(() => transport.deadLetters().length === 1, "the dead letter");
    expect(attempts).toBe(3);
    expect(transport.deadLetters()[0]?.reason).toBe("failed: no water");
  });
});

describe("an event", () => {
  it("reaches each group once, with its parameters, and whoever listens alone", async () => {
    const seen: string[] = [];
    const listen = (name: string, group: string | null) =>
      subscribe(
        kitchenEvents,
        {
          progress: {
            ready: ({ ticketId }, { parameters }) => void seen.push(`${name} ${ticketId} ${parameters.table}`),
          },
        },
        transport,
        { group },
      );
    servers.push(
      ...(await Promise.all([listen("a", "waiters"), listen("a", "waiters"), listen("b", "bar"), listen("c", null)])),
      await listen("c", null),
    );
    const events = createClient(kitchenEvents, transport);
    const parameters = { room: "north", table: "7" } as const;
    await events.progress.ready({ ticketId: 1 }, { parameters });
    await events.progress.delayed({ ticketId: 1, minutes: 5 }, { parameters });
    await until(() => seen.length === 4, "four deliveries");
    expect(seen.sort()).toEqual(["a 1 7", "b 1 7", "c 1 7", "c 1 7"]);
  });

  it("only reaches those whose parameters fit", async () => {
    const seen: number[] = [];
    const ready = ({ ticketId }: { ticketId: number }) => void seen.push(ticketId);
    const options = { group: "south", parameters: { room: "south" } };
    servers.push(await subscribe(kitchenEvents, { progress: { ready } }, transport, options));
    const events = createClient(kitchenEvents, transport);
    await events.progress.ready({ ticketId: 1 }, { parameters: { room: "north", table: "1" } });
    await events.progress.ready({ ticketId: 2 }, { parameters: { room: "south", table: "1" } });
    await until(() => seen.length === 1, "the event");
    expect(seen).toEqual([2]);
  });

  it("is told whether or not anybody listens", async () => {
    const events = createClient(kitchenEvents, transport);
    await events.progress.ready({ ticketId: 1 }, { parameters: { room: "north", table: "1" } });
  });

  it("is refused for a parameter that the contract does not allow", async () => {
    const events = createClient(kitchenEvents, transport);
    const parameters = { room: "attic" as "north", table: "1" };
    const error = await caught(events.progress.ready({ ticketId: 1 }, { parameters }));
    expect(error.message).toContain('"room" is "attic"; give it one of "north", "south"');
  });

  it.each(["1.2", ""])('is refused for the parameter "%s", which no subscriber could read back', async (table) => {
    const events = createClient(kitchenEvents, transport);
    const error = await caught(events.progress.ready({ ticketId: 1 }, { parameters: { room: "north", table } }));
    expect(error.message).toContain(`"table" is "${table}"`);
  });
});
