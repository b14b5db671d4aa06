import { saga } from "@sagaspec/runtime";
import { call, given, reply, timePasses, undone } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { accounting, consumer, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";

const retried = saga("retried", { version: 1, input: OrderSchema })
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    retry: { attempts: 2, backoff: "1s", jitter: 0 },
    compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: input.price }),
  });

test("a success that another attempt has told already does not undo a step twice", () => {
  given(retried, order)
    .when(timePasses())
    .when(timePasses())
    .whenReplied("ticket", { ticketId: 1 }, { attempt: 2 })
    .whenFailed("payment", "cardRefused")
    .then(call(restaurant.rejectTicket))
    .whenReplied("ticket", { ticketId: 1 }, { attempt: 1 })
    .then()
    .when(undone("ticket"))
    .thenEnds("compensated");
});

test("a saga that is completed undoes a late loser without running again", () => {
  const raced = saga("raced", { version: 1, input: OrderSchema }).parallel("either", {
    mode: "any",
    members: (group) =>
      group.step("consumer", { call: consumer.verify, with: ({ input }) => input }).step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
      }),
  });
  const story = given(raced, order).when(reply("either/consumer")).when(timePasses());
  story.then(call(restaurant.rejectTicket)).when(undone("either/ticket")).thenEnds("completed");
  story
    .when(reply("either/ticket", { ticketId: 1 }))
    .then(call(restaurant.rejectTicket))
    .thenEnds("compensating");
  story.when(undone("either/ticket")).thenEnds("completed");
  expect([...story.open.keys()]).toEqual([]);
});
