import { saga } from "@sagaspec/runtime";
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { expect, test } from "vitest";
import { OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { useWorld } from "../../support/saga/world.js";

const world = useWorld();

const hour = 3_600_000;

test("a finished saga keeps its state for the late window, then its history, then nothing", async () => {
  const { sagas, clock, store, accounting, transport } = await world({
    runner: { retention: { lateWindow: "2h", keep: "5h" } },
  });
  const { id } = await sagas.run(createOrder, order, { key: "1" });
  await clock.advance(hour);
  expect((await sagas.handle(id).status()).results).toMatchObject({ ticket: { ticketId: 200 } });

  await clock.advance(2 * hour);
  expect(await sagas.handle(id).status()).toEqual({ id, status: "completed", results: {}, unresolved: [] });
  const summary = await createSagaAdmin({ store, sagas: [createOrder] }).summary(id);
  expect(summary).toMatchObject({ status: "completed", input: order });
  expect(summary.steps.map(({ instances }) => instances[0]?.status)).toContain("succeeded");

  // The key is still taken, an act is refused, and an answer that comes now is set aside.
  expect((await sagas.run(createOrder, order, { key: "1" })).id).toBe(id);
  expect((await sagas.operate(id, { action: "cancel", by: "ada", why: "late" })).refused).toContain("long over");
  const [command] = accounting.commands;
  if (command) await accounting.answer(command.message, "cardAuthorized", { transactionId: 1 });
  await clock.advance(10);

  expect(transport.deadLetters().map(({ reason }) => reason)).toEqual(["unknown-saga"]);

  await clock.advance(3 * hour);
  await expect(sagas.handle(id).status()).rejects.toThrow("[unknown-saga]");
  expect(await store.history(id)).toEqual([]);
});

test("what needs attention is kept until somebody has looked at it", async () => {
  const { sagas, clock, store } = await world({
    answers: { approveTicket: { refuse: "no" } },
    runner: { retention: { lateWindow: "1h", keep: "2h" } },
  });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(3 * hour);
  expect((await store.get(id))?.status).toBe("needs-attention");
  await sagas.operate(id, { action: "skip", step: "approval", by: "ada", why: "by telephone" });
  await clock.advance(1_000);
  expect((await sagas.handle(id).status()).status).toBe("completed");
});

test("a child that ended long ago is undone all the same when its parent turns back", async () => {
  const child = saga("child", { version: 1, input: OrderSchema }).step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
  });
  const parent = saga("parent", { version: 1, input: OrderSchema })
    .step("child", { child, with: ({ input }) => input })
    .step("patience", { sleep: "10h" });
  const {
    sagas,
    clock,
    store,
    restaurant: kitchen,
  } = await world({
    sagas: [parent],
    runner: { retention: { lateWindow: "1h", keep: "2h" } },
  });
  const { id } = await sagas.run(parent, order);
  await clock.advance(5 * hour);
  await sagas.operate(id, { action: "cancel", by: "ada", why: "changed her mind" });
  await clock.advance(1_000);
  expect((await store.get(id))?.status).toBe("cancelled");
  const [ended] = (await store.list({ parent: id })).sagas;
  expect(ended?.status).toBe("compensated");
  expect(kitchen.commands.map(({ message: { type } }) => type)).toEqual(["createTicket", "rejectTicket"]);
});
