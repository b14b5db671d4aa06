import { createTestBus, type TestBus } from "@sagaspec/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accounting, consumer, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";

let bus: TestBus;
beforeEach(async () => {
  bus = await createTestBus({ sagas: [createOrder] });
});
afterEach(async () => {
  await bus.close();
  expect(bus.clock.timers).toBe(0);
});

test("a saga runs to its end, answered by the test", async () => {
  const handle = await bus.start(createOrder, order);
  bus.expectSent(consumer.verify, { consumerId: 70 });
  await bus.replyWith(consumer.verify);
  bus.expectSent(restaurant.createTicket, order);
  await bus.replyWith(restaurant.createTicket, { ticketId: 200 });
  await bus.replyWith(accounting.authorizeCard, { transactionId: 100 });
  bus.expectSent(restaurant.approveTicket, { ticketId: 200 });
  await bus.replyWith(restaurant.approveTicket);
  bus.expectSent(orderEvents.orderApproved, { orderId: 1 });
  bus.expectNothingSent();
  await bus.expectStatus(handle, "completed");
});

test("a saga turns back when a service refuses", async () => {
  const handle = await bus.start(createOrder, order);
  await bus.replyWith(consumer.verify);
  await bus.replyWith(restaurant.createTicket, { ticketId: 200 });
  await bus.failWith(accounting.authorizeCard, "cardRefused", { reason: "closed" });
  bus.expectSent(restaurant.rejectTicket, { orderId: 1 });
  await bus.replyWith(restaurant.rejectTicket);
  await bus.expectStatus(handle, "compensated");
});

test("a command that times out is undone, however late it turns out to have succeeded", async () => {
  const handle = await bus.start(createOrder, order);
  await bus.replyWith(consumer.verify);
  const startedAt = bus.clock.now();
  await bus.timesOut(restaurant.createTicket);
  expect(bus.clock.now() - startedAt).toBe(5_000);
  const undo = bus.expectSent(restaurant.rejectTicket);
  expect(undo.messageId).toBe(`${handle.id}/ticket/undo/1`);
  await bus.expectStatus(handle, "compensating");
  await bus.replyWith(restaurant.rejectTicket);
  await bus.expectStatus(handle, "compensated");
});

test("an undo that breaks is sent again after a pause, under the same id", async () => {
  await bus.start(createOrder, order);
  await bus.replyWith(consumer.verify);
  await bus.timesOut(restaurant.createTicket);
  const first = bus.expectSent(restaurant.rejectTicket);
  await bus.breaks(restaurant.rejectTicket);
  bus.expectNothingSent();
  await bus.advance("1s");
  const second = bus.expectSent(restaurant.rejectTicket);
  expect([first.attempt, second.attempt]).toEqual([1, 2]);
  expect(second.messageId).toBe(first.messageId);
});

test("says what was sent instead", async () => {
  await bus.start(createOrder, order);
  expect(() => bus.expectSent(restaurant.createTicket)).toThrow(
    /restaurant.createTicket was not sent; there is:\n {2}consumer.verify \{"consumerId":70\}/,
  );
  expect(() => bus.expectSent(consumer.verify, { consumerId: 71 })).toThrow(
    "consumer.verify was sent with another payload",
  );
  await expect(bus.replyWith(restaurant.approveTicket)).rejects.toThrow("no restaurant.approveTicket waits");
});
