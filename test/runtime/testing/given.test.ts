import { call, failure, given, reply, runs, timePasses, undone } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { accounting, consumer, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";

test("tells a story of what happens and what follows", () => {
  given(createOrder, order)
    .then(call(consumer.verify, { consumerId: 70 }))
    .when(reply("consumer"))
    .then(call(restaurant.createTicket))
    .when(reply("ticket", { ticketId: 200 }))
    .then(call("accounting.authorizeCard", { orderId: 1, amount: 20 }))
    .when(failure("payment", "cardRefused"))
    .then(call(restaurant.rejectTicket, { orderId: 1 }))
    .when(undone("ticket"))
    .then(runs("order"))
    .when(undone("order"))
    .then()
    .thenEnds("compensated");
});

test("lets time pass to the next thing that is due", () => {
  given(createOrder, order).when(reply("consumer")).when(timePasses()).then(call(restaurant.rejectTicket));
});

test("makes an input up where none is given", () => {
  given(createOrder).then(call(consumer.verify));
});

test("says what the saga did instead", () => {
  const story = given(createOrder, order).when(reply("consumer"));
  expect(() => story.then(call(accounting.authorizeCard))).toThrow(
    'the saga does: sends restaurant.createTicket {"orderId":1,"consumerId":70,"price":20}; expected: sends accounting.authorizeCard',
  );
  story.when(reply("consumer"));
  expect(() => story.then(runs("order"))).toThrow(
    "the saga does: nothing; expected: runs order; the last event was ignored as duplicate",
  );
});

test("may be what a test returns", () => given(createOrder, order).when(reply("consumer")));
