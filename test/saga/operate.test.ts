import { describe, expect, test } from "vitest";
import type { OperatorAction } from "../../runtime/src/saga/effects.js";
import { type GivenSaga, given } from "../../runtime/src/testing/given.js";
import { createOrder, order } from "./create-order.js";

const act = (
  story: GivenSaga,
  action: OperatorAction,
  more: { step?: string; data?: string | { [step: string]: number } } = {},
) => story.when({ type: "operate", at: story.now, action, by: "ada", why: "a test", ...more });

describe("cancel", () => {
  test("waits for the command that is open, then undoes", () => {
    const story = act(given(createOrder, order).whenReplied("consumer"), "cancel").thenDoesNothing();
    story.whenReplied("ticket", { ticketId: 1 }).thenCompensates(["ticket", "order"]).thenEnds("cancelled");
  });

  test("is refused after the pivot, and recorded", () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 });
    act(story, "cancel").thenDoesNothing().thenEnds("running");
    expect(story.history.at(-1)).toMatchObject({
      kind: "operated",
      data: { by: "ada", refused: "step 'payment', the pivot, has been passed" },
    });
  });

  test("waits for an open pivot: granted when it fails, refused when it succeeds", () => {
    const open = () =>
      act(given(createOrder, order).whenReplied("consumer").whenReplied("ticket", { ticketId: 200 }), "cancel");
    open().whenFailed("payment", "cardRefused").thenCompensates(["ticket", "order"]).thenEnds("cancelled");
    open().whenReplied("payment", { transactionId: 1 }).thenSends("restaurant.approveTicket").thenEnds("running");
  });

  test("is recorded, and changes nothing, when the saga has turned back already", () => {
    const story = given(createOrder, order).whenFailed("consumer", "unknownConsumer").thenCompensates(["order"]);
    act(story, "cancel").thenDoesNothing().thenEnds("compensated");
  });

  test("without compensation leaves everything as it is", () => {
    const story = act(given(createOrder, order).whenReplied("consumer"), "cancel-without-compensation");
    story.thenDoesNothing().thenEnds("cancelled");
    expect(story.open.size).toBe(0);
  });
});

test("a paused saga records what it hears and does nothing until it is resumed", () => {
  const story = act(given(createOrder, order), "pause").whenReplied("consumer").thenDoesNothing();
  act(story, "resume").thenSends("restaurant.createTicket");
});

describe("a saga that needs attention", () => {
  const refused = () =>
    given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 })
      .whenFailed("approval", "no")
      .thenEnds("needs-attention");

  test("goes on when its step is retried, under a new id", () => {
    const story = act(refused(), "retry", { step: "approval" })
      .thenSends("restaurant.approveTicket")
      .thenEnds("running");
    expect(story.effects).toMatchObject([{ id: "saga-1/approval/do/2" }]);
    story.whenReplied("approval").thenRuns("approved");
  });

  test("goes on when its step is skipped", () => {
    act(refused(), "skip", { step: "approval" }).thenRuns("approved").thenEnds("running");
  });

  test("ends as compensated when what could not be undone is retried or marked as done", () => {
    const unresolved = () =>
      given(createOrder, order)
        .whenFailed("consumer", "unknownConsumer")
        .whenUndoFailed("order", { kind: "terminal", name: "no", message: "no" })
        .thenEnds("needs-attention");
    act(unresolved(), "mark-done", { step: "order" }).thenEnds("compensated");
    act(unresolved(), "retry", { step: "order" }).thenRuns("order").thenCompensates(["order"]).thenEnds("compensated");
  });
});

test("patched results are what later steps see", () => {
  const story = given(createOrder, order).whenReplied("consumer").whenReplied("ticket", { ticketId: 200 });
  story.when({ type: "operate", at: 0, action: "patch", by: "ada", why: "typo", data: { ticket: { ticketId: 7 } } });
  story.whenReplied("payment", { transactionId: 1 }).thenSends("restaurant.approveTicket", { ticketId: 7 });
});
