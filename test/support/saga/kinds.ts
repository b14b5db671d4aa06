// A saga of each kind of step, on the tests' contracts.
import { saga } from "@sagaspec/runtime";
import type { GivenSaga } from "@sagaspec/runtime/testing";
import { accounting, consumer, OrderSchema, orderEvents, restaurant } from "./contracts.js";

export const begin = (name: string) => saga(name, { version: 1, input: OrderSchema });

const rejectTicket = {
  call: restaurant.rejectTicket,
  with: ({ input }: { readonly input: { readonly orderId: number } }) => ({ orderId: input.orderId }),
} as const;

export const withTicket = (name: string) =>
  begin(name).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, compensate: rejectTicket });

/** Waits until the order has been approved, by a key from the input. */
export const waiting = withTicket("waiting")
  .step("approved", {
    wait: orderEvents.orderApproved,
    key: ({ input }) => input.orderId,
    match: (event) => event.orderId,
    deadline: "1h",
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ approved }) => ({ orderId: approved.orderId, amount: 1 }),
  });

/** Books three things at a time. */
export const booking = begin("booking").parallel("trip", {
  members: (group) =>
    group
      .step("hotel", { call: restaurant.createTicket, with: ({ input }) => input, compensate: rejectTicket })
      .step("flight", {
        call: accounting.authorizeCard,
        with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
        compensate: { run: () => {} },
      })
      .step("taxi", {
        dependsOn: ["flight"],
        call: restaurant.createTicket,
        with: ({ input, flight }) => ({ ...input, price: flight.transactionId }),
        compensate: { run: () => {} },
      }),
});

/** Whoever answers first has the order. */
export const race = begin("race")
  .parallel("offers", {
    mode: "any",
    members: (group) =>
      group
        .step("near", { call: restaurant.createTicket, with: ({ input }) => input, compensate: rejectTicket })
        .step("far", { call: restaurant.createTicket, with: ({ input }) => input, compensate: rejectTicket })
        .step("told", {
          wait: orderEvents.orderApproved,
          key: ({ input }) => input.orderId,
          match: (event) => event.orderId,
          deadline: "1h",
        }),
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input, offers }) => ({ orderId: input.orderId, amount: offers.near?.ticketId ?? 0 }),
  });

/** A ticket for each of the given prices. */
export const tickets = begin("tickets").each("tickets", {
  of: ({ input }) => Array.from({ length: input.price }, (_, index) => index + 100),
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
        with: ({ made, index }) => ({ ticketId: made.ticketId + index }),
      }),
});

/** Goes one of two ways. */
export const branching = withTicket("branching")
  .branch("payment", {
    on: ({ input }) => (input.price > 10 ? "card" : "cash"),
    cases: {
      card: (body) =>
        body.step("held", {
          call: accounting.authorizeCard,
          with: ({ input, ticket }) => ({ orderId: input.orderId, amount: ticket.ticketId }),
        }),
      cash: (body) => body,
    },
  })
  .step("done", { run: ({ payment }) => payment.card?.held.transactionId ?? 0 });

/** Asks until the consumer is known. */
export const polling = begin("polling").step("ticket", {
  call: restaurant.createTicket,
  with: ({ input }) => input,
  poll: { until: ({ reply }) => reply.ticketId > 2, every: "10s", deadline: "35s" },
  compensate: rejectTicket,
});

/** Has another saga as a step. */
export const child = withTicket("child").step("checked", {
  call: consumer.verify,
  with: ({ input }) => ({ consumerId: input.consumerId }),
});
export const parent = begin("parent")
  .step("delivery", { child, with: ({ input }) => input })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input, delivery }) => ({ orderId: input.orderId, amount: delivery.ticket.ticketId }),
  });

/** Tells a saga that an order has been approved. */
export function tell(story: GivenSaga, orderId: number, more: { id?: string; at?: number } = {}): GivenSaga {
  const { id = `m-${orderId}-${story.history.length}`, at = story.now } = more;
  const channel = orderEvents.orderApproved.id;
  const about = { channel, key: String(orderId), name: "orderApproved", payload: { orderId } };
  return story.when({ type: "message", at: story.now, storedAt: at, id, ...about });
}
