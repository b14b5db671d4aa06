// Operations whose document leaves their address open (`address: null`), as steps.
import { createSagaRunner, saga } from "@sagaspec/runtime";
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { given } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { useWorld } from "../../support/saga/world.js";

const open = { ...restaurant.createTicket, channel: { address: null } };
const begin = () => saga("open", { version: 1, input: OrderSchema });
const bare = begin().step("ticket", { call: open, with: ({ input }) => input, compensate: false });
const named = begin().step("ticket", {
  call: open,
  with: ({ input }) => input,
  address: ({ input }) => (input.orderId > 0 ? "restaurant.commands" : "nowhere"),
  compensate: false,
});
const world = useWorld({ sagas: [named] });

test("the step says where its command goes, from its input", async () => {
  const it = await world();
  const handle = await it.sagas.run(named, order);
  await it.clock.advance(100);
  expect(await handle.status()).toMatchObject({ status: "completed", results: { ticket: { ticketId: 200 } } });
});

test("the runner says it by the operation's id: an address, or a function of the payload", async () => {
  for (const where of ["restaurant.commands", () => "restaurant.commands"]) {
    const it = await world({ sagas: [bare], runner: { addresses: { [open.id]: where } } });
    const handle = await it.sagas.run(bare, order);
    await it.clock.advance(100);
    expect(await handle.status()).toMatchObject({ status: "completed" });
  }
});

test("what could never be sent is refused when the runner is made, and found by the check", async () => {
  const store = createMemoryStore();
  const options = { service: "order", store, transport: createMemoryTransport() };
  expect(() => createSagaRunner({ ...options, sagas: [bare] })).toThrow(
    /step 'ticket' of saga 'open': the document of 'restaurant.createTicket' leaves its address open; give the step address/,
  );
  expect(() => createSagaRunner({ ...options, sagas: [named] })).not.toThrow();
  const found = await createSagaAdmin({ store, sagas: [bare] }).check();
  expect(found).toMatchObject([{ code: "no-address", step: "ticket" }]);
});

test("an address for an operation that has one is refused; a message without an answer may have one, too", () => {
  const fixed = { call: restaurant.createTicket, with: () => order, address: "elsewhere" };
  expect(() => begin().step("ticket", fixed)).toThrow(/"restaurant.commands"\); leave out address/);
  const event = { ...orderEvents.orderApproved, channel: { address: null } };
  const told = begin().step("told", { send: event, with: () => ({ orderId: 1 }), address: "events.of.orders" });
  expect(given(told, order).thenEnds("completed").effects).toMatchObject([
    { type: "send", address: "events.of.orders" },
  ]);
});
