import { given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { createOrder, order } from "../../support/saga/create-order.js";

describe("the way forward", () => {
  test("carries out the steps one after the other and completes", () => {
    const story = given(createOrder, order)
      .thenSends("consumer.verify", { consumerId: 70 })
      .whenReplied("consumer")
      .thenSends("restaurant.createTicket", order)
      .whenReplied("ticket", { ticketId: 200 })
      .thenSends("accounting.authorizeCard", { orderId: 1, amount: 20 })
      .whenReplied("payment", { transactionId: 100 })
      .thenSends("restaurant.approveTicket", { ticketId: 200 })
      .whenReplied("approval")
      .thenRuns("approved")
      .whenReplied("approved", { transactionId: 100 })
      .thenSends("order.orderApproved", { orderId: 1 })
      .thenEnds("completed");
    expect(story.history.map(({ kind, step }) => (step ? `${kind} ${step}` : kind))).toEqual([
      "started",
      "step-started consumer",
      "step-succeeded consumer",
      "step-started ticket",
      "step-succeeded ticket",
      "step-started payment",
      "step-succeeded payment",
      "step-started approval",
      "step-succeeded approval",
      "step-started approved",
      "step-succeeded approved",
      "step-started announce",
      "ended",
    ]);
    expect([...story.open.keys()]).toEqual(["saga-1/announce/do/1#1"]);
  });

  test("leaves the instance it was given as it was", () => {
    const story = given(createOrder, order);
    const before = structuredClone(story.instance);
    const held = story.instance;
    story.whenReplied("consumer");
    expect(held).toEqual(before);
  });
});

describe("the way back", () => {
  test("rejects the ticket and then the order when the card is refused", () => {
    given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenFailed("payment", "cardRefused")
      .thenSends("restaurant.rejectTicket", { orderId: 1 })
      .thenCompensates(["ticket", "order"])
      .thenEnds("compensated");
  });

  test("only rejects the order when the consumer is unknown", () => {
    given(createOrder, order)
      .whenFailed("consumer", "unknownConsumer")
      .thenRuns("order")
      .thenCompensates(["order"])
      .thenEnds("compensated");
  });
});
