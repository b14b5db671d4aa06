import { type Failure, saga, TerminalError } from "@sagaspec/runtime";
import { given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { accounting, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";

const failure = (kind: Failure["kind"]): Failure => ({ kind, name: kind, message: kind });
const begin = saga("rules", { version: 1, input: OrderSchema });
const ticket = {
  call: restaurant.createTicket,
  with: ({ input }: { input: typeof order }) => input,
  compensate: {
    call: restaurant.rejectTicket,
    with: ({ input }: { input: typeof order }) => ({ orderId: input.orderId }),
  },
};
const pay = { call: accounting.authorizeCard, with: () => ({ orderId: 1, amount: 20 }) };

describe("definite and unknown", () => {
  const both = begin
    .step("first", { compensate: { run: () => {} } })
    .step("ticket", { ...ticket, retry: { attempts: 2, jitter: 0 } })
    .step("payment", pay);
  const definite: Failure["kind"][] = ["declared", "terminal", "undeliverable"];
  const unknown: Failure["kind"][] = ["error", "invalid-reply"];

  test.each(definite)("a failure '%s' of the only attempt undoes from the previous step", (kind) => {
    const once = begin.step("first", { compensate: { run: () => {} } }).step("ticket", ticket);
    given(once, order).whenFailed("ticket", failure(kind)).thenCompensates(["first"]).thenEnds("compensated");
  });

  test.each(unknown)("a failure '%s' undoes from this step", (kind) => {
    given(both, order).whenFailed("ticket", failure(kind)).thenCompensates(["ticket", "first"]).thenEnds("compensated");
  });

  test("a timeout undoes from this step, with no reply", () => {
    const story = given(createOrder, order).whenReplied("consumer").whenTimePasses();
    expect(story.now).toBe(5_000);
    story
      .thenSends("restaurant.rejectTicket", { orderId: 1 })
      .thenCompensates(["ticket", "order"])
      .thenEnds("compensated");
  });

  test("a refusal after an attempt of unknown outcome undoes from this step", () => {
    given(both, order)
      .whenTimePasses()
      .whenTimePasses()
      .thenSends("restaurant.createTicket")
      .whenFailed("ticket", "ticketRefused")
      .thenCompensates(["ticket", "first"]);
  });

  test("a refusal of every attempt there was undoes from the previous step", () => {
    given(both, order).whenTimePasses().whenFailed("ticket", "ticketRefused").thenCompensates(["first"]);
  });

  test("a throwing 'with' is definite", () => {
    const broken = begin.step("ticket", ticket).step("payment", {
      ...pay,
      with: () => {
        throw new Error("Incorrect quantity");
      },
    });
    given(broken, order).whenReplied("ticket", { ticketId: 1 }).thenCompensates(["ticket"]).thenEnds("compensated");
  });

  test("a throwing 'onReply' counts as done, then failed", () => {
    const broken = begin.step("first", { compensate: { run: () => {} } }).step("ticket", {
      ...ticket,
      onReply: (): number => {
        throw new Error("no such table");
      },
    });
    given(broken, order)
      .whenReplied("ticket", { ticketId: 1 })
      .thenCompensates(["ticket", "first"])
      .thenEnds("compensated");
  });
});

describe("attempts", () => {
  const retried = begin.step("ticket", {
    ...ticket,
    timeout: "1s",
    deadline: "10s",
    retry: { attempts: 3, backoff: "1s", jitter: 0 },
  });

  test("a resend has the same message id and payload, and its own correlation id", () => {
    const story = given(retried, order).whenTimePasses().whenTimePasses();
    expect(story.effects).toMatchObject([
      { id: "saga-1/ticket/do/1", attempt: 2, payload: order, correlationId: "saga-1/ticket/do/1#2" },
    ]);
  });

  test("the success of an earlier attempt settles an open step, during backoff too", () => {
    given(retried, order).whenTimePasses().whenReplied("ticket", { ticketId: 1 }, { attempt: 1 }).thenEnds("completed");
    given(retried, order)
      .whenTimePasses()
      .whenTimePasses()
      .whenReplied("ticket", { ticketId: 1 }, { attempt: 1 })
      .thenEnds("completed");
  });

  test("a retryable failure counts only for the current attempt", () => {
    const story = given(retried, order).whenTimePasses().whenTimePasses();
    story.whenFailed("ticket", failure("retryable"), { attempt: 1 });
    expect(story.ignored).toBe("stale");
    story.whenFailed("ticket", failure("retryable"), { attempt: 2 });
    expect(story.instance.steps.ticket?.do).toMatchObject({ attempt: 2, phase: "backoff" });
  });

  test("a timeout is not retried unless the step says so", () => {
    given(begin.step("ticket", ticket), order).whenTimePasses().thenCompensates(["ticket"]);
  });

  test("the deadline bounds all attempts", () => {
    const short = begin.step("ticket", {
      ...ticket,
      timeout: "4s",
      deadline: "6s",
      retry: { attempts: 9, backoff: "1s", jitter: 0 },
    });
    const story = given(short, order).whenTimePasses().whenTimePasses();
    expect(story.effects).toMatchObject([{ attempt: 2, expiresAt: 6_000 }]);
    story.whenTimePasses();
    expect(story.now).toBe(6_000);
    story.thenCompensates(["ticket"]);
  });

  test("backoff grows, is capped, and is spread over the sagas", () => {
    const story = given(
      begin.step("ticket", { ...ticket, timeout: "1s", retry: { attempts: 5, maxBackoff: "3s", jitter: 0.5 } }),
      order,
    );
    const pauses = [1, 2, 3].map(() => {
      const from = story.whenTimePasses().now;
      return story.whenTimePasses().now - from;
    });
    for (const [index, full] of [1_000, 2_000, 3_000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(full / 2);
      expect(pauses[index]).toBeLessThanOrEqual(full);
    }
  });
});

test("an undo says which command it undoes, and a repeated one is a new round", () => {
  const story = given(createOrder, order).whenReplied("consumer").whenTimePasses();
  expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/1", undoes: "saga-1/ticket/do/1" }]);
  story.whenUndone("ticket").whenUndone("order").thenEnds("compensated");
  story.whenReplied("ticket", { ticketId: 1 });
  expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/2", undoes: "saga-1/ticket/do/1" }]);
});

test("'with' runs once a round, however often the command is sent", () => {
  let calls = 0;
  const counted = begin.step("ticket", {
    ...ticket,
    with: ({ input }) => ({ ...input, price: ++calls }),
    retry: { attempts: 3, jitter: 0 },
  });
  const story = given(counted, order).whenTimePasses().whenTimePasses();
  expect(story.effects).toMatchObject([{ attempt: 2, payload: { price: 1 } }]);
  expect(calls).toBe(1);
});

describe("duplicates and late replies", () => {
  test("a duplicate is recorded once and changes nothing", () => {
    const story = given(createOrder, order).whenReplied("consumer");
    const before = story.instance;
    story.whenReplied("consumer").thenDoesNothing();
    expect(story.ignored).toBe("duplicate");
    expect(story.instance).toBe(before);
  });

  test("a late failure is recorded once and changes nothing", () => {
    const story = given(createOrder, order).whenTimePasses().thenCompensates(["order"]);
    story.whenFailed("consumer", "unknownConsumer").thenDoesNothing().thenEnds("compensated");
    expect(story.history.at(-1)).toMatchObject({ kind: "late-reply", step: "consumer" });
    story.whenFailed("consumer", "unknownConsumer");
    expect(story.ignored).toBe("duplicate");
  });

  test("a late success of a compensated step runs its compensation once more, with the reply", () => {
    const replies: unknown[] = [];
    const watched = begin.step("ticket", {
      ...ticket,
      compensate: {
        call: restaurant.rejectTicket,
        with: ({ input, reply }) => {
          replies.push(reply);
          return { orderId: input.orderId };
        },
      },
    });
    const story = given(watched, order).whenTimePasses().whenUndone("ticket").thenEnds("compensated");
    story.whenReplied("ticket", { ticketId: 7 }).thenSends("restaurant.rejectTicket").thenEnds("compensating");
    story.whenUndone("ticket").thenEnds("compensated");
    expect(replies).toEqual([undefined, { ticketId: 7 }]);
  });

  test("a success while the undo is under way repeats the undo afterwards", () => {
    const story = given(createOrder, order).whenReplied("consumer").whenTimePasses();
    story.whenReplied("ticket", { ticketId: 7 }).thenDoesNothing();
    story.whenUndone("ticket").thenSends("restaurant.rejectTicket");
    expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/2" }]);
    story.thenCompensates(["ticket", "order"]).thenEnds("compensated");
  });

  test("a late success is only recorded where the saga says so", () => {
    const recording = saga("recording", { version: 1, input: OrderSchema, lateSuccess: "record" }).step(
      "ticket",
      ticket,
    );
    given(recording, order)
      .whenTimePasses()
      .whenUndone("ticket")
      .whenReplied("ticket", { ticketId: 7 })
      .thenDoesNothing()
      .thenEnds("compensated");
  });
});

describe("transports that forget", () => {
  test("a forgotten command is sent again: same id, same attempt, a fresh deadline", () => {
    const story = given(createOrder, order);
    story.when({ type: "lost", at: 60_000, of: "saga-1/consumer/do/1", attempt: 1 });
    expect(story.effects).toMatchObject([{ id: "saga-1/consumer/do/1", attempt: 1, expiresAt: 65_000 }]);
    story.when({ type: "wake", at: 64_999 });
    expect(story.ignored).toBe("stale");
  });

  test("so that a refusal stays definite", () => {
    given(begin.step("first", { compensate: { run: () => {} } }).step("ticket", ticket), order)
      .when({ type: "lost", at: 60_000, of: "saga-1/ticket/do/1", attempt: 1 })
      .whenFailed("ticket", "ticketRefused")
      .thenCompensates(["first"]);
  });
});

test("a deaf worker's clock holds reply timeouts back, and nothing else", () => {
  const story = given(createOrder, order).when({ type: "wake", at: 600_000, deaf: true });
  expect(story.ignored).toBe("stale");
  const running = given(begin.step("local", { run: () => {} }), order);
  running.when({ type: "wake", at: 30_000, deaf: true }).thenEnds("compensated");
});

test("a transition that ends an attempt closes its message", () => {
  const story = given(createOrder, order);
  expect([...story.open.keys()]).toEqual(["saga-1/consumer/do/1#1"]);
  story.whenTimePasses();
  expect([...story.open.keys()]).toEqual(["saga-1/order/undo/1#1"]);
});

describe("expiry", () => {
  test("a command expires with its attempt", () => {
    expect(given(createOrder, order).effects).toMatchObject([{ expiresAt: 5_000 }]);
  });

  test("an undo does not expire, nor a command after the pivot", () => {
    const back = given(createOrder, order).whenReplied("consumer").whenTimePasses();
    expect(back.effects[0]).not.toHaveProperty("expiresAt");
    const past = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 })
      .thenSends("restaurant.approveTicket");
    expect(past.effects[0]).not.toHaveProperty("expiresAt");
  });
});

describe("runs", () => {
  const local = begin.step("local", { run: () => 1, retry: { attempts: 2, jitter: 0 }, compensate: { run: () => {} } });

  test("a lapsed lease starts the next attempt at once", () => {
    const story = given(local, order)
      .when({ type: "lost", at: 4_000, of: "saga-1/local/do/1", attempt: 1 })
      .thenRuns("local");
    expect(story.effects).toMatchObject([{ id: "saga-1/local/do/1", attempt: 2 }]);
    expect([...story.open.keys()]).toEqual(["saga-1/local/do/1#2"]);
  });

  test("only the current attempt's outcome counts", () => {
    const story = given(local, order).when({ type: "lost", at: 4_000, of: "saga-1/local/do/1", attempt: 1 });
    story.whenReplied("local", 1, { attempt: 1 });
    expect(story.ignored).toBe("stale");
    story.whenReplied("local", 2, { attempt: 2 }).thenEnds("completed");
  });

  test("a run that gives no outcome in time is unknown", () => {
    const story = given(begin.step("local", { run: () => 1, compensate: { run: () => {} } }), order).whenTimePasses();
    expect(story.now).toBe(30_000);
    story.thenCompensates(["local"]).thenEnds("compensated");
  });
});

describe("the pivot", () => {
  const past = () =>
    given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 });

  test("after it, unknown outcomes are retried until they succeed", () => {
    const story = past();
    for (let attempt = 1; attempt <= 20; attempt++) story.whenTimePasses().whenTimePasses();
    story.thenSends("restaurant.approveTicket").thenEnds("running").whenReplied("approval").thenRuns("approved");
  });

  test("after it, a refusal needs attention and undoes nothing", () => {
    past().whenFailed("approval", "refused").thenDoesNothing().thenEnds("needs-attention");
  });

  test("of unknown outcome and without a compensation, it needs attention, and a late success goes on", () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenTimePasses();
    story.thenDoesNothing().thenEnds("needs-attention");
    story.whenReplied("payment", { transactionId: 1 }).thenSends("restaurant.approveTicket").thenEnds("running");
  });

  describe("of unknown outcome and without a compensation", () => {
    const late = saga("late", { version: 1, input: OrderSchema, deadline: "31s" })
      .step("ticket", ticket)
      .step("payment", { ...pay, pivot: true, timeout: "30s" });
    const unknown = () => given(late, order).whenReplied("ticket", { ticketId: 1 }).whenTimePasses();
    const wish = { type: "operate", action: "cancel", by: "ada", why: "changed her mind" } as const;

    test("it is not turned back by the saga's deadline", () => {
      const story = unknown()
        .thenEnds("needs-attention")
        .whenTimePasses()
        .thenDoesNothing()
        .thenEnds("needs-attention");
      expect(story.history.at(-1)).toMatchObject({ kind: "deadline-passed", data: { refused: expect.any(String) } });
    });

    test("it is not turned back by a wish from before, but by one that knows of it", () => {
      const story = given(late, order).whenReplied("ticket", { ticketId: 1 });
      story
        .when({ ...wish, at: 1 })
        .whenTimePasses()
        .thenDoesNothing()
        .thenEnds("needs-attention");
      story
        .when({ ...wish, at: story.now })
        .thenCompensates(["ticket"])
        .thenEnds("cancelled");
    });
  });

  test("of unknown outcome, it is undone where it can be", () => {
    const pivot = begin.step("ticket", { ...ticket, pivot: true });
    given(pivot, order).whenTimePasses().thenCompensates(["ticket"]).thenEnds("compensated");
  });
});

describe("what a step's author decides", () => {
  test("onFailure starts over with a new command after a pause", () => {
    const patient = begin.step("ticket", {
      ...ticket,
      onFailure: ({ failure }, { attempt }) =>
        failure.name === "ticketRefused" && attempt < 2 ? "retry" : "compensate",
    });
    const story = given(patient, order).whenFailed("ticket", "ticketRefused").thenDoesNothing().thenEnds("running");
    story.whenTimePasses().thenSends("restaurant.createTicket");
    expect(story.effects).toMatchObject([{ id: "saga-1/ticket/do/2", attempt: 1 }]);
    story.whenFailed("ticket", "ticketRefused").thenEnds("compensated");
  });

  test("onFailure goes on with another value", () => {
    const lenient = begin
      .step("ticket", { ...ticket, onFailure: () => ({ continueWith: { ticketId: 0 } }) })
      .step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ticket });
    given(lenient, order).whenFailed("ticket", "ticketRefused").thenSends("restaurant.approveTicket", { ticketId: 0 });
  });

  test("onFailure leaves it to an operator", () => {
    const parked = begin.step("ticket", { ...ticket, onFailure: () => "park" });
    given(parked, order).whenFailed("ticket", "ticketRefused").thenDoesNothing().thenEnds("needs-attention");
  });

  test("onReply decides what later steps see", () => {
    const renamed = begin
      .step("ticket", { ...ticket, onReply: ({ reply }) => ({ number: reply.ticketId }) })
      .step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ({ ticketId: ticket.number }) });
    given(renamed, order).whenReplied("ticket", { ticketId: 9 }).thenSends("restaurant.approveTicket", { ticketId: 9 });
  });

  test("a contract's own compensation is filled from the request", () => {
    const usual = saga("usual", { version: 1, input: OrderSchema })
      .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
      .step("payment", pay);
    given(usual, order)
      .whenReplied("ticket", { ticketId: 1 })
      .whenFailed("payment", "cardRefused")
      .thenSends("restaurant.rejectTicket", { orderId: 1 });
  });

  test("compensate: false switches it off", () => {
    const off = begin.step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, compensate: false });
    given(off, order).whenTimePasses().thenDoesNothing().thenEnds("compensated");
  });

  test("a TerminalError of a 'with' is a refusal like any other", () => {
    const broken = begin.step("ticket", {
      ...ticket,
      with: () => {
        throw new TerminalError("no");
      },
    });
    given(broken, order).thenEnds("compensated");
  });
});
