// The way back of a saga: what is undone when, and what the history says of it.
import { saga } from "@sagaspec/runtime";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { accounting, consumer, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";

const order = { orderId: 1, consumerId: 70, price: 20 };
const sent = (story: GivenSaga) => story.effects.map((effect) => effect.id.replace("saga-1/", ""));
/** The steps whose compensation is under way. */
const open = ({ instance }: GivenSaga) =>
  Object.keys(instance.steps).filter((path) => instance.steps[path]?.status === "undoing");
const turned = (story: GivenSaga) => story.history.find(({ kind }) => kind === "retreated");

/** First the consumer, then five tickets, two at a time, then the card. */
const feast = saga("feast", { version: 1, input: OrderSchema })
  .step("consumer", {
    call: consumer.verify,
    with: ({ input }) => ({ consumerId: input.consumerId }),
    compensate: { run: () => {} },
  })
  .each("tickets", {
    of: () => [0, 1, 2, 3, 4],
    concurrency: 2,
    steps: (body) =>
      body
        .step("made", {
          call: restaurant.createTicket,
          with: ({ input, item }) => ({ ...input, orderId: item }),
          compensate: { call: restaurant.rejectTicket, with: ({ item }) => ({ orderId: item }) },
        })
        .step("approved", {
          call: restaurant.approveTicket,
          with: ({ made }) => made,
          compensate: { run: () => {} },
        }),
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
    compensate: false,
  });

function refusedFeast(): GivenSaga {
  const story = given(feast, order).whenReplied("consumer");
  for (const item of [0, 1, 2, 3, 4]) {
    story.whenReplied(`tickets/${item}/made`, { ticketId: item }).whenReplied(`tickets/${item}/approved`);
  }
  return story.whenFailed("payment", "cardRefused");
}

describe("the way back", () => {
  test("says which step turned the saga, why, and how it is to end", () => {
    expect(turned(refusedFeast())).toMatchObject({
      step: "payment",
      data: { end: "compensated", failure: { kind: "declared", name: "cardRefused" } },
    });
  });

  test("names no step when a person wants it", () => {
    const story = given(feast, order).whenReplied("consumer");
    story.when({ type: "operate", at: story.now, action: "cancel", by: "ada", why: "a test" });
    for (const item of [0, 1]) story.whenReplied(`tickets/${item}/made`, { ticketId: item });
    expect(turned(story)).toMatchObject({ data: { end: "cancelled" } });
    expect(turned(story)).not.toHaveProperty("step");
  });

  test("undoes as many items at a time as the list allows, each in reverse, then what stands before the list", () => {
    const story = refusedFeast();
    expect(sent(story)).toEqual(["tickets/4/approved/undo/1", "tickets/3/approved/undo/1"]);
    let most = 0;
    for (let turn = 0; turn < 10; turn++) {
      const under = open(story);
      most = Math.max(most, under.length);
      // Never two steps of one item, and nothing from before the list.
      expect(new Set(under.map((path) => path.split("/")[1])).size).toBe(under.length);
      expect(under.every((path) => path.startsWith("tickets/"))).toBe(true);
      story.whenUndone(under[0] ?? "");
    }
    expect(most).toBe(2);
    expect(open(story)).toEqual(["consumer"]);
    story.whenUndone("consumer").thenEnds("compensated");
  });

  test("is over with a message that nobody answers as soon as that is to be sent", () => {
    const telling = saga("telling", { version: 1, input: OrderSchema })
      .step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        compensate: { send: orderEvents.orderRejected, with: ({ input }) => ({ orderId: input.orderId }) },
      })
      .step("payment", {
        call: accounting.authorizeCard,
        with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
      });
    given(telling, order)
      .whenReplied("ticket", { ticketId: 1 })
      .whenFailed("payment", "cardRefused")
      .thenSends("order.orderRejected", { orderId: 1 })
      .thenEnds("compensated");
  });
});
