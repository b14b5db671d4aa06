import { test } from "node:test";
import { createTestBus } from "@sagaspec/runtime/testing";
import { accounting } from "../generated/accounting/index.js";
import { restaurant } from "../generated/restaurant/index.js";
import { createOrder } from "../src/create-order.js";

// The real runner, in virtual time. The test is every service.

test("an order is completed when the card is good", async () => {
  await using bus = await createTestBus({ sagas: [createOrder] });
  const order = await bus.start(createOrder, { orderId: 1, dish: "soup", price: 900 });
  await bus.replyWith(restaurant.createTicket, { ticketId: 101 });
  bus.expectSent(accounting.authorizeCard, { orderId: 1, amount: 900 });
  await bus.replyWith(accounting.authorizeCard, { transactionId: 201 });
  await bus.expectStatus(order, "completed");
});

test("the ticket is taken back when the card is refused", async () => {
  await using bus = await createTestBus({ sagas: [createOrder] });
  const order = await bus.start(createOrder, { orderId: 2, dish: "pizza", price: 12_000 });
  await bus.replyWith(restaurant.createTicket, { ticketId: 102 });
  await bus.failWith(accounting.authorizeCard, "cardRefused", { reason: "over the limit" });
  bus.expectSent(restaurant.rejectTicket, { orderId: 2 });
  await bus.replyWith(restaurant.rejectTicket);
  await bus.expectStatus(order, "compensated");
});

test("the ticket is taken back when nobody knows whether the card was charged", async () => {
  await using bus = await createTestBus({ sagas: [createOrder] });
  const order = await bus.start(createOrder, { orderId: 3, dish: "soup", price: 900 });
  await bus.timesOut(restaurant.createTicket); // neither done nor refused: it is undone in case it was done
  bus.expectSent(restaurant.rejectTicket, { orderId: 3 });
  await bus.replyWith(restaurant.rejectTicket);
  await bus.expectStatus(order, "compensated");
});
