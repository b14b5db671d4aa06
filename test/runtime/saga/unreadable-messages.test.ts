// A message that cannot be taken in, whatever it holds, ends with its reason, and harms no other.
import { saga } from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { afterEach, expect, test } from "vitest";
import { OrderSchema } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { createWorld, type World } from "../../support/saga/world.js";

const anything: Schema<object> = { type: "object" };
const note: Message<object> = { name: "note", payload: anything };

interface Desk extends Contract<Client<Desk>, Handlers<Desk>> {
  readonly noted: Send<object>;
  readonly take: Request<object, object>;
}
const desk: Desk = {
  $contract: { service: "desk", version: "1.0.0" },
  noted: { kind: "send", id: "desk.noted", action: "send", channel: { address: "desk.notes" }, message: note },
  take: {
    kind: "request",
    id: "desk.take",
    action: "receive",
    channel: { address: "restaurant.commands" },
    message: { name: "take", payload: anything },
    reply: { success: [{ name: "done", payload: anything }] },
    timeoutMs: 60_000,
  },
};

const waiting = saga("waiting", { version: 1, input: OrderSchema }).step("noted", {
  wait: desk.noted,
  key: ({ input }) => input.orderId,
  match: (event) => (event as { id: number }).id,
  deadline: "1h",
});
const asking = saga("asking", { version: 1, input: OrderSchema }).step("take", { call: desk.take, with: () => ({}) });

/** Deeper than any function that goes down by calling itself can follow. */
const deep = `{"id":1,"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;

let it: World | undefined;
const unhandled: unknown[] = [];
const hear = (error: unknown) => unhandled.push(error);
process.on("unhandledRejection", hear);
afterEach(async () => {
  await it?.close();
  it = undefined;
  expect(unhandled.splice(0)).toEqual([]);
});

test("an event too deep to be kept is set aside; the next one is taken", async () => {
  it = await createWorld({ sagas: [waiting] });
  const handle = await it.sagas.run(waiting, order);
  await it.clock.advance(100);
  const event = (id: string, body: string) => ({
    id,
    type: "note",
    body: Buffer.from(body),
    contentType: "application/json",
    headers: {},
    sentAt: 0,
    to: { address: "desk.notes", service: "desk", action: "send" as const },
  });
  await it.transport.send([event("deep", deep), event("flat", '{"id":1}')]);
  await it.clock.advance(1_000);
  expect((await handle.status()).status).toBe("completed");
  expect(it.transport.deadLetters().map(({ message }) => message.id)).toEqual(["deep"]);
  expect(it.transport.queues().filter(({ waiting }) => waiting > 0)).toEqual([]);
});

test("a reply too deep to be read fails its own step as one that nobody understands; others go on", async () => {
  it = await createWorld({ sagas: [asking], answers: { take: { silence: true } } });
  const [one, other] = [await it.sagas.run(asking, order), await it.sagas.run(asking, order)];
  await it.clock.advance(100);
  const [first, second] = it.restaurant.commands;
  if (!first || !second) throw new Error("no commands");
  const reply = (to: typeof first, body: string) => ({
    id: `${to.message.id}-reply`,
    type: "done",
    body: Buffer.from(body),
    contentType: "application/json",
    headers: {},
    ...(to.message.correlationId !== undefined && { correlationId: to.message.correlationId }),
    sentAt: 0,
    to: { reply: to.message.replyTo ?? "" },
  });
  await it.transport.send([reply(first, deep), reply(second, "{}")]);
  await it.clock.advance(1_000);
  const ends = [(await one.status()).status, (await other.status()).status];
  expect(ends).toEqual(["compensated", "completed"]);
  expect(it.transport.queues().filter(({ waiting }) => waiting > 0)).toEqual([]);
  expect((await it.store.history(one.id)).map(({ data }) => JSON.stringify(data)).join()).toMatch(/invalid-reply/);
});
