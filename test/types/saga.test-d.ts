import { type RunContext, saga } from "@sagaspec/runtime";
import type { Request } from "@sagaspec/runtime/codegen";
import { expectTypeOf, test } from "vitest";
import { accounting, OrderSchema, orderEvents, type Refused, restaurant } from "../support/saga/contracts.js";

const order = saga("order", { version: 1, input: OrderSchema });
const ticket = order.step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });

test("a step sees the input and the replies so far", () => {
  ticket.step("approval", {
    call: restaurant.approveTicket,
    with: ({ input, ticket }) => {
      expectTypeOf(input.orderId).toEqualTypeOf<number>();
      expectTypeOf(ticket).toEqualTypeOf<{ readonly ticketId: number }>();
      return ticket;
    },
  });
});

test("a step name is used once", () => {
  // Argument of type '"ticket"' is not assignable to parameter of type '"step 'ticket' is already defined"'.
  // @ts-expect-error
  ticket.step("ticket", { call: restaurant.approveTicket, with: ({ ticket }) => ticket });
});

test("reserved names are refused", () => {
  // ... of type '"'input' is a reserved word: name the step otherwise"'.
  // @ts-expect-error
  order.step("input", { call: restaurant.rejectTicket, with: ({ input }) => input });
  // @ts-expect-error
  order.step("reply", { run: () => 1 });
});

test("a later step's reply is not visible", () => {
  // Property 'ticket' does not exist on type 'Scope<Order, ...>'.
  // @ts-expect-error
  order.step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ticket });
});

test("the reply that a compensation sees may be missing", () => {
  order.step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    // 'reply' is possibly 'undefined'.
    // @ts-expect-error
    compensate: { call: restaurant.approveTicket, with: ({ reply }) => ({ ticketId: reply.ticketId }) },
  });
});

test("a compensation sees the reply, typed by what it undoes", () => {
  order
    .step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      compensate: { call: restaurant.approveTicket, with: ({ reply }) => ({ ticketId: reply?.ticketId ?? 0 }) },
    })
    .step("local", {
      run: async ({ input }) => ({ row: input.orderId }),
      compensate: {
        run: ({ reply, ticket }) => {
          expectTypeOf(reply).toEqualTypeOf<{ row: number } | undefined>();
          expectTypeOf(ticket.ticketId).toEqualTypeOf<number>();
        },
      },
    });
});

test("a payload is checked", () => {
  // Type 'string' is not assignable to type 'number'.
  // @ts-expect-error
  order.step("ticket", { call: restaurant.createTicket, with: ({ input }) => ({ ...input, orderId: "1" }) });
  // Property 'consumerId' is missing in type '{ orderId: number; }' but required in type 'Order'.
  // @ts-expect-error
  order.step("ticket", { call: restaurant.createTicket, with: ({ input }) => ({ orderId: input.orderId }) });
});

test("a call needs an operation that is answered", () => {
  // Property 'reply' is missing in type 'Send<...>' but required in type 'Request<...>'.
  // @ts-expect-error
  order.step("told", { call: orderEvents.orderApproved, with: () => ({ orderId: 1 }) });
  order.step("told", { send: orderEvents.orderApproved, with: ({ input }) => ({ orderId: input.orderId }) });
});

test("a compensation's payload is checked", () => {
  order.step("rejected", { compensate: { run: ({ input }) => void input.orderId } });
  order.step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    // Type 'string' is not assignable to type 'number'.
    // @ts-expect-error
    compensate: { call: restaurant.rejectTicket, with: () => ({ orderId: "1" }) },
  });
});

test("a run's result is what later steps see", () => {
  order
    .step("paid", { call: accounting.authorizeCard, with: ({ input }) => ({ orderId: input.orderId, amount: 1 }) })
    .step("approved", {
      run: async ({ paid }, { idempotencyKey }) => ({ key: idempotencyKey, of: paid.transactionId }),
    })
    .step("told", {
      send: orderEvents.orderApproved,
      with: ({ approved }) => {
        expectTypeOf(approved).toEqualTypeOf<{ key: string; of: number }>();
        return { orderId: approved.of };
      },
    });
});

test("a run's author says what its transaction is", () => {
  interface Connection {
    execute(sql: string): void;
  }
  order.step("approved", {
    transaction: true,
    run: ({ input }, { tx }: RunContext<Connection>) => tx.execute(`update orders set ... where id = ${input.orderId}`),
    compensate: { run: (_, { tx }: RunContext<Connection>) => tx.execute("..."), transaction: true },
  });
  order.step("approved", {
    transaction: true,
    // 'tx' is of type 'unknown'.
    // @ts-expect-error
    run: (_, { tx }) => tx.execute("..."),
  });
});

test("onReply decides what later steps see, onFailure sees the declared failure", () => {
  order
    .step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      onReply: ({ reply }) => reply.ticketId,
      onFailure: ({ failure }) => {
        expectTypeOf(failure).toEqualTypeOf<{ readonly name: "ticketRefused"; readonly payload: Refused }>();
        return failure.payload.reason === "closed" ? "retry" : "compensate";
      },
    })
    .step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ({ ticketId: ticket }), pivot: true });
});

declare const print: Request<{ kind: "a" | "b"; tags: ("x" | "y")[]; n: number }, { sizes: ("s" | "m")[] }>;
declare const undo: Request<{ why: "late" | "wrong" }, void>;

test("literals and arrays in payloads and replies need no 'as const'", () => {
  order
    .step("one", { call: print, with: ({ input }) => ({ kind: "a", tags: ["x", "y"], n: input.orderId }) })
    .step("two", {
      call: print,
      with: () => ({ kind: "b", tags: ["x"], n: 1 }),
      compensate: { call: undo, with: ({ reply }) => ({ why: reply ? "late" : "wrong" }) },
    })
    .answers({
      call: print,
      input: ({ n }) => ({ orderId: n, consumerId: 1, price: 1 }),
      reply: () => ({ sizes: ["s"] }),
    });
  // Type '"c"' is not assignable to type '"a" | "b"'.
  // @ts-expect-error
  order.step("one", { call: print, with: () => ({ kind: "c", tags: [], n: 1 }) });
  // Type '"z"' is not assignable to type '"x" | "y"'.
  // @ts-expect-error
  order.step("one", { call: print, with: () => ({ kind: "a", tags: ["z"], n: 1 }) });
});

test("a mistyped option is what the error names", () => {
  // Object literal may only specify known properties, and 'whn' does not exist in type 'StepOptions<...>'.
  // @ts-expect-error
  order.step("one", { call: undo, with: () => ({ why: "late" }), whn: () => true });
  order.step("two", {
    call: restaurant.createTicket,
    // Object literal may only specify known properties, and 'wiht' does not exist in type 'StepOptions<...>'.
    // @ts-expect-error
    wiht: () => ({}),
  });
});

test("a step without a result gives nothing, and any stays any", () => {
  const anything = () => JSON.parse("1");
  order
    .step("told", { send: orderEvents.orderApproved, with: ({ input }) => input })
    .step("parsed", { run: anything })
    .step("seen", {
      run: ({ told, parsed }) => {
        expectTypeOf(told).toEqualTypeOf<undefined>();
        expectTypeOf(parsed).toBeAny();
      },
    });
});

declare const dated: Request<{ on: Date }, { at: Date; list: readonly { till?: Date }[] }>;

test("a Date that a saga keeps is its text, and may be sent", () => {
  order
    .step("booked", {
      call: dated,
      with: (_, { now }) => ({ on: new Date(now) }),
      compensate: {
        run: ({ reply }) => {
          expectTypeOf(reply?.at).toEqualTypeOf<string | undefined>();
        },
      },
    })
    .step("again", { call: dated, with: ({ booked }) => ({ on: booked.at }) })
    .step("noted", { run: () => ({ at: new Date(), order: 1 }) })
    .step("seen", {
      run: ({ booked, noted }) => {
        expectTypeOf(booked.list[0]?.till).toEqualTypeOf<string | undefined>();
        expectTypeOf(noted).toEqualTypeOf<{ at: string; order: number }>();
        // Property 'getTime' does not exist on type 'string'.
        // @ts-expect-error
        return noted.at.getTime();
      },
    });
});
