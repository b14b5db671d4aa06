// Members of an `any` that another member has decided: their commands are settled, and nothing more begins.

import { saga } from "@sagaspec/runtime";
import { call, given, reply, timePasses, undone } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { consumer, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";

function raced(rest: "cancel" | "leave") {
  return saga("raced", { version: 1, input: OrderSchema }).parallel("either", {
    mode: "any",
    rest,
    members: (group) =>
      group.step("consumer", { call: consumer.verify, with: ({ input }) => input }).step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        retry: { attempts: 3, backoff: "1s" },
        compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
      }),
  });
}

test("a saga is not over while the command of a member that is left is open", () => {
  const story = given(raced("leave"), order).when(reply("either/consumer")).then();
  expect(story.instance.status).toBe("running");
  story
    .when(reply("either/ticket", { ticketId: 1 }))
    .then()
    .thenEnds("completed");
  expect([...story.open.keys()]).toEqual([]);
});

test("what is left without an answer is left as it is", () => {
  const story = given(raced("leave"), order)
    .when(reply("either/consumer"))
    .when(timePasses())
    .then()
    .thenEnds("completed");
  expect(story.instance.steps["either/ticket"]?.status).toBe("unknown");
});

for (const rest of ["cancel", "leave"] as const) {
  test(`whoever is to look at a saga need not wait for a member that has lost (${rest}), and its answer is taken`, () => {
    const paid = raced(rest)
      .step("payment", { call: consumer.verify, with: ({ input }) => input, pivot: true })
      .step("after", { call: consumer.verify, with: ({ input }) => input });
    const story = given(paid, order).when(reply("either/consumer")).when(reply("payment"));
    story.whenFailed("after", "unknownConsumer").thenEnds("needs-attention");
    expect([...story.open.keys()]).toEqual([`${story.instance.id}/either/ticket/do/1#1`]);
    story.when(reply("either/ticket", { ticketId: 1 }));
    if (rest === "cancel") story.then(call(restaurant.rejectTicket)).when(undone("either/ticket"));
    story.thenEnds("needs-attention");
    expect(story.instance.steps["either/ticket"]?.status).toBe(rest === "cancel" ? "undone" : "done");
    expect([...story.open.keys()]).toEqual([]);
  });
}

test("the command of a loser is not sent again, but undone", () => {
  given(raced("cancel"), order)
    .when(reply("either/consumer"))
    .when(timePasses())
    .then(call(restaurant.rejectTicket))
    .when(undone("either/ticket"))
    .thenEnds("completed");
});

test("nobody can have a loser tried again: its group has been decided", () => {
  const story = given(raced("leave"), order).when(reply("either/consumer")).when(timePasses()).then();
  const { steps } = story.instance;
  for (const step of [undefined, "either/ticket"]) {
    story
      .when({ type: "operate", at: story.now, action: "retry", by: "ada", why: "a test", ...(step && { step }) })
      .thenDoesNothing()
      .thenEnds("completed");
    expect(story.instance.steps).toEqual(steps);
    expect(story.history.at(-1)).toMatchObject({ data: { refused: expect.any(String) } });
  }
});
