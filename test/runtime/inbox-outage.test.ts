// While a participant's inbox is down, its messages wait, and nothing is done twice for that.
import { createClient, type Inbox, SagaspecError, type Server, serve } from "@sagaspec/runtime";
import { createMemoryInbox, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createVirtualClock, type VirtualClock } from "@sagaspec/runtime/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { kitchen } from "../support/fixtures/kitchen.js";

let clock: VirtualClock;
let transport: MemoryTransport;
let inner: Inbox;
let servers: Server[];
/** Orders of the tickets that handlers were asked for. */
let cooked: number[];
beforeEach(() => {
  clock = createVirtualClock();
  transport = createMemoryTransport({ clock });
  inner = createMemoryInbox({ clock });
  servers = [];
  cooked = [];
});
afterEach(async () => {
  const closing = Promise.all(servers.map((server) => server.close()));
  await clock.advance("15s");
  await closing;
  await transport.close();
});

type Call = "claim" | "finish";

/** The inbox, but what is down does not answer. */
function inboxWithout(isDown: (call: Call) => boolean): Inbox {
  const answer = <T>(call: Call, perform: () => Promise<T>): Promise<T> => {
    if (!isDown(call)) return perform();
    return Promise.reject(new SagaspecError("store-unavailable", "the database restarts", { retryable: true }));
  };
  return {
    claim: (batch, leaseMs) => answer("claim", () => inner.claim(batch, leaseMs)),
    finish: (batch) => answer("finish", () => inner.finish(batch)),
    renew: (tokens, leaseMs) => inner.renew(tokens, leaseMs),
    unsent: (...wanted) => inner.unsent(...wanted),
    sent: (tokens) => inner.sent(tokens),
    close: () => inner.close(),
  };
}

/** @returns the reasons of its problems, as they come */
async function start(inbox: Inbox): Promise<string[]> {
  const problems: string[] = [];
  const handlers = {
    createTicket({ orderId }: { orderId: number }) {
      cooked.push(orderId);
      return { ticketId: orderId };
    },
    cancelTicket() {},
    weigh: () => ({ name: "light" as const, payload: { grams: 1 } }),
    clean() {},
  };
  const onProblem = ({ kind, reason }: { kind: string; reason: string }) => problems.push(`${kind}: ${reason}`);
  servers.push(await serve(kitchen, handlers, transport, { clock, inbox, onProblem }));
  return problems;
}

const order = (orderId: number) =>
  createClient(kitchen, transport, { clock }).createTicket({ orderId, dishes: ["a"] }, { timeout: "1m" });

it("answers within a second once its inbox is back", async () => {
  let isDown = true;
  const problems = await start(inboxWithout(() => isDown));
  const asked = order(1);
  await clock.advance("8s");
  expect(cooked).toEqual([]);
  isDown = false;
  await clock.advance("1s");
  expect(await asked).toEqual({ ticketId: 1 });
  expect(new Set(problems)).toEqual(new Set(["unavailable: [store-unavailable] the database restarts"]));
});

it("records what a handler has answered when its inbox is back, and does not run it again", async () => {
  let isDown = true;
  await start(inboxWithout((call) => call === "finish" && isDown));
  const asked = order(2);
  await clock.advance("8s");
  expect(cooked).toEqual([2]);
  isDown = false;
  await clock.advance("1s");
  expect(await asked).toEqual({ ticketId: 2 });
  expect(cooked).toEqual([2]);
});

it("gives a message back after ten seconds: another process may reach the inbox", async () => {
  await start(inboxWithout(() => true));
  const asked = order(3);
  await clock.advance("9s");
  await start(inner);
  expect(cooked).toEqual([]);
  await clock.advance("3s");
  expect(await asked).toEqual({ ticketId: 3 });
  expect(cooked).toEqual([3]);
});

it("gives a message back when it closes", async () => {
  await start(inboxWithout(() => true));
  const asked = order(4);
  await clock.advance("1s");
  const closing = servers.splice(0).map((server) => server.close());
  // The drain, and a moment of grace.
  await clock.advance("11s");
  await Promise.all(closing);
  await start(inner);
  await clock.advance("1s");
  expect(await asked).toEqual({ ticketId: 4 });
});
