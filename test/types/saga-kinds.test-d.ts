import { saga } from "@sagaspec/runtime";
import type { OneOf, Request, Send } from "@sagaspec/runtime/codegen";
import { expectTypeOf, test } from "vitest";
import { accounting, OrderSchema, orderEvents, restaurant, type Ticket } from "../support/saga/contracts.js";

const order = saga("order", { version: 1, input: OrderSchema });
const ticket = { call: restaurant.createTicket, with: ({ input }: { input: Order }) => input } as const;
type Quote = OneOf<{ offer: { price: number }; refusal: { reason: string } }>;
declare const quote: Request<Order, Quote>;
interface Order {
  readonly orderId: number;
  readonly consumerId: number;
  readonly price: number;
}
const wait = {
  wait: orderEvents.orderApproved,
  match: (event: { orderId: number }) => event.orderId,
  deadline: "1h",
} as const;

test("a wait gives the event, or perhaps nothing when it may go on without", () => {
  order
    .step("approved", { ...wait, key: ({ input }) => input.orderId })
    .step("maybe", { ...wait, key: ({ input }) => input.orderId, onTimeout: "continue" })
    .step("noted", {
      run: ({ approved, maybe }) => {
        expectTypeOf(approved).toEqualTypeOf<{ orderId: number }>();
        expectTypeOf(maybe).toEqualTypeOf<{ orderId: number } | undefined>();
      },
    });
});

test("a wait's key is a string or a number, and is read from the event's own fields", () => {
  // Type 'Order' is not assignable to type 'string | number'.
  // @ts-expect-error
  order.step("approved", { ...wait, key: ({ input }) => input });
  // Property 'ticketId' does not exist on type '{ orderId: number; }'.
  // @ts-expect-error
  order.step("approved", { ...wait, key: () => 1, match: (event) => event.ticketId });
  // A command is answered: nobody waits for it.
  // @ts-expect-error
  order.step("approved", { wait: restaurant.createTicket, key: () => 1, match: () => 1, deadline: "1h" });
});

test("a step that may be skipped gives perhaps nothing", () => {
  order.step("ticket", { ...ticket, when: ({ input }) => input.price > 10 }).step("noted", {
    run: ({ ticket }) => {
      expectTypeOf(ticket).toEqualTypeOf<Ticket | undefined>();
    },
  });
});

test("of a branch's cases one has results; its name is one of theirs", () => {
  const cases = {
    card: (body: typeof order) =>
      body.step("held", {
        call: accounting.authorizeCard,
        with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
      }),
    cash: (body: typeof order) => body,
  };
  order.branch("payment", { on: ({ input }) => (input.price > 10 ? "card" : "cash"), cases }).step("noted", {
    run: ({ payment }) => {
      expectTypeOf(payment.card?.held).toEqualTypeOf<{ transactionId: number } | undefined>();
    },
  });
  // Type '"cheque"' is not assignable to type '"card" | "cash"'.
  // @ts-expect-error
  order.branch("payment", { on: () => "cheque", cases });
});

test("by a step's reply there is a case for each, which sees that one", () => {
  const quoted = order.step("quote", { call: quote, with: ({ input }) => input });
  quoted
    .branch("answer", {
      on: "quote",
      cases: {
        offer: (body) => body.step("taken", { run: ({ quote }) => quote.payload.price }),
        refusal: (body) => body.step("told", { run: ({ quote }) => quote.payload.reason }),
      },
    })
    .step("noted", {
      run: ({ quote, answer }) => {
        expectTypeOf(quote).toEqualTypeOf<Quote>();
        expectTypeOf(answer.offer?.taken).toEqualTypeOf<number | undefined>();
      },
    });
  const offer = (body: unknown) => body as typeof quoted;
  // Property 'refusal' is missing in type ...
  // @ts-expect-error
  quoted.branch("answer", { on: "quote", cases: { offer } });
  // The answer of 'ticket' is always the same message.
  // @ts-expect-error
  order.step("ticket", ticket).branch("answer", { on: "ticket", cases: {} });
});

test("a parallel group's results stand under its name; of an 'any' each may be missing", () => {
  order
    .parallel("all", { members: (group) => group.step("one", ticket).step("two", { run: () => 2 }) })
    .parallel("any", { mode: "any", members: (group) => group.step("three", ticket).step("four", { run: () => 4 }) })
    .step("noted", {
      run: ({ all, any }) => {
        expectTypeOf(all.one).toEqualTypeOf<Ticket>();
        expectTypeOf(all.two).toEqualTypeOf<number>();
        expectTypeOf(any.three).toEqualTypeOf<Ticket | undefined>();
      },
    });
});

test("a member sees those that it depends on, and no others", () => {
  order.parallel("trip", {
    members: (group) =>
      group
        .step("one", ticket)
        .step("two", { dependsOn: ["one"], run: ({ one }) => one.ticketId })
        // Property 'two' does not exist on type ...
        // @ts-expect-error
        .step("three", { dependsOn: ["one"], run: ({ two }) => two }),
  });
  // Type '"none"' is not assignable to type 'never'.
  // @ts-expect-error
  order.parallel("trip", { members: (group) => group.step("one", { dependsOn: ["none"], run: () => 1 }) });
});

test("a member may be an each, which sees those that it depends on; later steps see a list", () => {
  order
    .parallel("trip", {
      members: (group) =>
        group.step("one", ticket).each("seats", {
          dependsOn: ["one"],
          of: ({ one }) => [one.ticketId],
          steps: (body) => body.step("seat", { run: ({ item, one }) => item + one.ticketId }),
        }),
    })
    .step("noted", {
      run: ({ trip }) => {
        expectTypeOf(trip.seats).toEqualTypeOf<readonly { readonly seat: number }[]>();
      },
    });
});

test("the steps of an each see the item and its index; later steps see a list", () => {
  order
    .each("tickets", {
      of: ({ input }) => [`${input.orderId}`],
      steps: (body) =>
        body.step("made", {
          run: ({ item, index }) => {
            expectTypeOf(item).toEqualTypeOf<string>();
            expectTypeOf(index).toEqualTypeOf<number>();
            return index;
          },
        }),
    })
    .step("noted", {
      run: ({ tickets }) => {
        expectTypeOf(tickets).toEqualTypeOf<readonly { readonly made: number }[]>();
      },
    });
});

test("the results of a phase stand where they would without it", () => {
  order.phase("kitchen", { timeout: "1m", steps: (body) => body.step("ticket", ticket) }).step("noted", {
    run: ({ ticket }) => {
      expectTypeOf(ticket).toEqualTypeOf<Ticket>();
    },
  });
});

test("a child is given its input, and gives its results", () => {
  const child = order.step("ticket", ticket);
  order.step("delivery", { child, with: ({ input }) => input }).step("noted", {
    run: ({ delivery }) => {
      expectTypeOf(delivery.ticket).toEqualTypeOf<Ticket>();
    },
  });
  // Type '{ orderId: number; }' is missing the following properties from type 'Order'
  // @ts-expect-error
  order.step("delivery", { child, with: ({ input }) => ({ orderId: input.orderId }) });
});

test("a name inside a group is new to all around it", () => {
  order.step("ticket", ticket).phase("kitchen", {
    // @ts-expect-error
    steps: (body) => body.step("ticket", ticket),
  });
});

test("a schedule and a message give the saga's input", () => {
  saga("nightly", {
    version: 1,
    input: OrderSchema,
    schedule: { cron: "0 6 * * *", input: (tick) => ({ orderId: tick.getTime(), consumerId: 1, price: 1 }) },
    startOn: { message: orderEvents.orderApproved, input: ({ orderId }) => ({ orderId, consumerId: 1, price: 1 }) },
  });
  saga("nightly", {
    version: 1,
    input: OrderSchema,
    // @ts-expect-error
    schedule: { cron: "0 6 * * *", input: () => ({ orderId: 1 }) },
  });
});

declare const paid: Send<{ readonly paidFor: number }>;

test("each of several messages that start a saga is read by its own type", () => {
  saga("either", {
    version: 1,
    input: OrderSchema,
    startOn: [
      {
        message: orderEvents.orderApproved,
        input: ({ orderId }) => ({ orderId, consumerId: 1, price: 1 }),
        key: ({ orderId }) => orderId,
      },
      {
        message: paid,
        input: ({ paidFor }) => ({ orderId: paidFor, consumerId: 1, price: 1 }),
        // Property 'orderId' does not exist on type '{ readonly paidFor: number; }'.
        // @ts-expect-error
        key: ({ orderId }) => orderId,
      },
    ],
  });
});
