import { type Problem, type Server, serve } from "@sagaspec/runtime";
import { createMemoryInbox, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../runtime/src/core/clock.js";
import { kitchen } from "../support/fixtures/kitchen.js";
import { until } from "./conformance/transport.js";

let transport: MemoryTransport;
let server: Server;
let problems: Problem[];
let executed: number[];

beforeEach(() => {
  problems = [];
  executed = [];
});
afterEach(async () => {
  await server.close();
  await transport.close();
});

/** A service whose clock differs from that of everybody else. */
async function start(aheadMs: number): Promise<void> {
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs, after: systemClock.after };
  // The broker drops what has expired by its own clock; only the subscription's is this machine's.
  transport = aheadMs < 0 ? createMemoryTransport({ clock }) : createMemoryTransport();
  const handlers = {
    createTicket: ({ orderId }: { orderId: number }) => {
      executed.push(orderId);
      return { ticketId: orderId };
    },
    cancelTicket() {},
    weigh: (payload: { grams: number }) => ({ name: "light" as const, payload }),
    clean() {},
  };
  const inbox = createMemoryInbox();
  server = await serve(kitchen, handlers, transport, { clock, inbox, onProblem: (one) => problems.push(one) });
}

async function send(orderId: number, sentAt: number, livesMs: number): Promise<void> {
  const to = { address: "kitchen.commands", service: "kitchen", action: "receive" } as const;
  const body = Buffer.from(JSON.stringify({ orderId, dishes: ["soup"] }));
  const content = { body, contentType: "application/json", headers: { correlationId: "c" }, type: "createTicket" };
  await transport.send([{ to, id: `m${orderId}`, sentAt, expiresAt: sentAt + livesMs, ...content }]);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a service whose clock differs from the senders'", () => {
  test("8 s ahead, says so, and executes what has not expired by their clocks", async () => {
    await start(8_000);
    await pause(600);
    for (let order = 1; order <= 3; order += 1) await send(order, Date.now(), 60_000);
    await until(() => executed.length === 3, "three commands that last long");
    await send(4, Date.now(), 5_000);
    await until(() => executed.includes(4), "a command that lasts 5 s");
    const said = problems.filter(({ kind }) => kind === "clock-skew");
    expect(said).toHaveLength(1);
    expect(said[0]?.reason).toMatch(/about [78]\.\d s ahead/);
  });

  test("4 s behind, says so", async () => {
    await start(-4_000);
    await pause(600);
    for (let order = 1; order <= 3; order += 1) await send(order, Date.now(), 60_000);
    await until(() => executed.length === 3, "three commands");
    expect(problems).toEqual([
      expect.objectContaining({ kind: "clock-skew", reason: expect.stringContaining("behind") }),
    ]);
  });

  test("not at all, takes one message that its sender held up for what it is", async () => {
    await start(0);
    await pause(600);
    await send(1, Date.now() - 8_000, 5_000);
    for (let order = 2; order <= 4; order += 1) await send(order, Date.now(), 60_000);
    await until(() => executed.length === 3, "what is fresh");
    expect(executed).toEqual([2, 3, 4]);
    expect(problems.filter(({ kind }) => kind === "clock-skew")).toEqual([]);
  });
});
