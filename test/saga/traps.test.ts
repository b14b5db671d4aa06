// What earlier saga frameworks got wrong, each with the behaviour that was seen there.
import { expect, test } from "vitest";
import { saga } from "../../runtime/src/saga/builder.js";
import type { Failure } from "../../runtime/src/saga/effects.js";
import { given } from "../../runtime/src/testing/given.js";
import { OrderSchema, restaurant } from "./contracts.js";
import { createOrder, order } from "./create-order.js";

const broken: Failure = { kind: "error", name: "remote-error", message: "cannot" };
const final: Failure = { kind: "declared", name: "no", message: "cannot" };

test("trap 1: a second success does not run the following steps again, a late failure does not undo a finished saga", () => {
  const story = given(createOrder, order)
    .whenReplied("consumer")
    .whenReplied("ticket", { ticketId: 200 })
    .whenReplied("payment", { transactionId: 1 })
    .whenReplied("payment", { transactionId: 1 })
    .thenDoesNothing()
    .whenReplied("approval")
    .whenReplied("approved")
    .thenEnds("completed");
  story.whenFailed("ticket", "ticketRefused").thenDoesNothing().thenEnds("completed");
});

test("trap 2: a compensation that fails stops neither the others nor the saga's end", () => {
  const story = given(createOrder, order)
    .whenReplied("consumer")
    .whenReplied("ticket", { ticketId: 200 })
    .whenFailed("payment", "cardRefused")
    .whenUndoFailed("ticket", final)
    .thenRuns("order")
    .whenUndone("order")
    .thenEnds("needs-attention");
  expect(story.history.at(-1)).toMatchObject({
    kind: "ended",
    data: { status: "needs-attention", unresolved: ["ticket"] },
  });
});

test("trap 2: a compensation is retried by its own policy before it is given up", () => {
  const story = given(createOrder, order).whenReplied("consumer").whenTimePasses();
  for (let attempt = 1; attempt < 5; attempt++) story.whenUndoFailed("ticket", broken).whenTimePasses();
  expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/1", attempt: 5 }]);
  story.whenUndoFailed("ticket", broken).thenRuns("order").whenUndone("order").thenEnds("needs-attention");
});

test("trap 2: a throwing 'with' of a compensation counts as its failure", () => {
  const story = saga("broken", { version: 1, input: OrderSchema })
    .step("first", { compensate: { run: () => {} } })
    .step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      compensate: {
        call: restaurant.rejectTicket,
        with: () => {
          throw new Error("no such order");
        },
      },
    });
  given(story, order).whenTimePasses().thenRuns("first").whenUndone("first").thenEnds("needs-attention");
});

test("trap 2: the late success of a compensation resolves it", () => {
  given(createOrder, order)
    .whenFailed("consumer", "unknownConsumer")
    .whenUndoFailed("order", { kind: "terminal", name: "no", message: "no" })
    .thenEnds("needs-attention")
    .whenUndone("order")
    .thenEnds("needs-attention");
  const late = given(createOrder, order).whenReplied("consumer").whenTimePasses();
  for (let attempt = 1; attempt <= 5; attempt++) late.whenTimePasses().whenTimePasses();
  late.whenUndone("order").thenEnds("needs-attention");
  late.whenUndone("ticket", { attempt: 3 }).thenEnds("compensated");
});

test("trap 3: a participant that is dead does not leave the saga running for ever", () => {
  const story = given(createOrder, order).whenReplied("consumer");
  for (let due = 0; due < 50 && story.instance.status !== "needs-attention"; due++) story.whenTimePasses();
  story.thenEnds("needs-attention");
});

test("trap 4: a step of unknown outcome is undone by a key that the caller chose", () => {
  given(createOrder, order)
    .whenReplied("consumer")
    .whenTimePasses()
    .thenSends("restaurant.rejectTicket", { orderId: 1 });
});
