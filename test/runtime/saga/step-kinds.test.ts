import { saga } from "@sagaspec/runtime";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { decideAll } from "../../../runtime/src/saga/decide/decide.js";
import type { Event } from "../../../runtime/src/saga/store/effects.js";
import type { Instance } from "../../../runtime/src/saga/store/instance.js";
import { accounting, consumer, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import {
  begin,
  booking,
  branching,
  child,
  parent,
  polling,
  race,
  tell,
  tickets,
  waiting,
  withTicket,
} from "../../support/saga/kinds.js";

const order = { orderId: 1, consumerId: 70, price: 20 };
const ticket = { ticketId: 200 };
const sent = (story: GivenSaga) => story.effects.map((effect) => effect.id.replace("saga-1/", ""));
const kinds = (story: GivenSaga) => story.history.map(({ kind, step }) => (step ? `${kind} ${step}` : kind));
const act = (story: GivenSaga, action: "cancel" | "compensate") =>
  story.when({ type: "operate", at: story.now, action, by: "ada", why: "a test" });

test("events that wait together are one transition, with a history row each", () => {
  const story = given(booking, order);
  const reply = (step: string, ok: { ticketId: number } | { transactionId: number }): Event => ({
    type: "outcome",
    at: 1,
    of: `saga-1/${step}/do/1`,
    attempt: 1,
    ok,
  });
  const events = [reply("trip/hotel", ticket), reply("trip/flight", { transactionId: 7 }), reply("trip/hotel", ticket)];
  const { decision, ignored } = decideAll(booking, story.instance, events);
  expect(ignored).toEqual([undefined, undefined, "duplicate"]);
  expect(decision?.records.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
    "step-succeeded trip/hotel",
    "step-succeeded trip/flight",
    "step-started trip/taxi",
  ]);
  expect(decision?.next.seq).toBe((story.instance as Instance).seq + 3);
});

describe("events once", () => {
  test("a wait ends with the event that has its key", () => {
    const story = given(waiting, order).whenReplied("ticket", ticket);
    tell(story, 2).thenDoesNothing();
    expect(story.ignored).toBe("stale");
    tell(story, 1).thenSends("accounting.authorizeCard", { orderId: 1, amount: 1 });
  });

  test("an event that comes before its wait is kept for it", () => {
    const story = tell(given(waiting, order), 1).thenDoesNothing();
    expect(story.instance.keys).toEqual({ approved: "1" });
    story.whenReplied("ticket", ticket).thenSends("accounting.authorizeCard");
    expect(kinds(story)).toContain("message-kept approved");
  });

  test("one that was told long before the saga began is about another one", () => {
    const story = given(waiting, order).whenReplied("ticket", ticket);
    expect(tell(story, 1, { at: -600_001 }).ignored).toBe("stale");
  });

  test("is taken once", () => {
    const story = tell(given(waiting, order), 1, { id: "same" });
    expect(tell(story, 1, { id: "same" }).ignored).toBe("duplicate");
  });

  test("the key may come from a later reply, and is registered as soon as it is there", () => {
    const late = withTicket("late").step("approved", {
      wait: orderEvents.orderApproved,
      key: ({ ticket }) => ticket.ticketId,
      match: (event) => event.orderId,
      deadline: "1h",
    });
    const story = given(late, order);
    expect(story.instance.keys).toBeUndefined();
    story.whenReplied("ticket", ticket);
    expect(story.instance.keys).toEqual({ approved: "200" });
    tell(story, 200).thenEnds("completed");
    expect(story.instance.keys, "nobody asks any more").toBeUndefined();
  });

  test("a wait goes on until an event ends it", () => {
    let answers = [false, true];
    const patient = begin("patient").step("approved", {
      wait: orderEvents.orderApproved,
      key: ({ input }) => input.orderId,
      match: (event) => event.orderId,
      until: () => answers.shift() ?? true,
      deadline: "1h",
    });
    const story = tell(given(patient, order), 1).thenEnds("running");
    expect(kinds(story).at(-1)).toBe("message-passed approved");
    tell(story, 1).thenEnds("completed");
    answers = [];
  });

  test("one out of order passes over the steps before, and what they did is undone should the saga turn back", () => {
    const skipping = withTicket("skipping")
      .step("checked", { call: consumer.verify, with: ({ input }) => ({ consumerId: input.consumerId }) })
      .step("approved", {
        wait: orderEvents.orderApproved,
        key: ({ input }) => input.orderId,
        match: (event) => event.orderId,
        deadline: "1h",
        outOfOrder: "skip-to",
      })
      .step("payment", {
        call: accounting.authorizeCard,
        with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
      });
    const story = tell(given(skipping, order), 1).thenSends("accounting.authorizeCard");
    expect(story.instance.steps.checked?.status).toBe("skipped");
    story.whenFailed("payment", "cardRefused").thenCompensates(["ticket"]).thenEnds("compensated");
  });

  test("a wait in vain fails, and nothing of it is undone", () => {
    given(waiting, order)
      .whenReplied("ticket", ticket)
      .whenTimePasses()
      .thenCompensates(["ticket"])
      .thenEnds("compensated");
  });

  test("or goes on without", () => {
    const calm = begin("calm")
      .step("approved", {
        wait: orderEvents.orderApproved,
        key: ({ input }) => input.orderId,
        match: (event) => event.orderId,
        deadline: "1m",
        onTimeout: "continue",
      })
      .step("noted", { run: ({ approved }) => approved?.orderId ?? "nothing" });
    given(calm, order).whenTimePasses().thenRuns("noted");
  });
});

describe("the pivot", () => {
  const timed = saga("timed", { version: 1, input: OrderSchema, deadline: "1m" })
    .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "2m" })
    .step("payment", {
      call: accounting.authorizeCard,
      with: ({ input }) => ({ orderId: input.orderId, amount: 1 }),
      timeout: "2m",
      pivot: true,
    })
    .step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ticket, timeout: "10m" });

  test("the saga's deadline turns it back before", () => {
    const story = given(timed, order).whenTimePasses();
    expect(kinds(story)).toContain("deadline-passed");
    story.whenReplied("ticket", ticket).thenCompensates(["ticket"]).thenEnds("compensated");
  });

  test("the deadline waits for an open pivot", () => {
    const story = given(timed, order).whenReplied("ticket", ticket).whenTimePasses().thenEnds("running");
    story.whenReplied("payment", { transactionId: 1 }).thenSends("restaurant.approveTicket").thenEnds("running");
  });

  test("once it is passed the deadline is refused, and recorded", () => {
    const story = given(timed, order).whenReplied("ticket", ticket).whenReplied("payment", { transactionId: 1 });
    story.whenTimePasses().thenEnds("running");
    expect(story.history.at(-1)).toMatchObject({ kind: "deadline-passed", data: { refused: expect.any(String) } });
  });

  test("there is one, and none in a group", () => {
    const pay = {
      call: accounting.authorizeCard,
      with: () => ({ orderId: 1, amount: 1 }),
      pivot: true,
    } as const;
    expect(() => begin("two").step("a", pay).step("b", pay)).toThrow("a second pivot");
    expect(() => begin("group").parallel("g", { members: (group) => group.step("a", pay) })).toThrow(
      "a pivot inside a group",
    );
    begin("branch").branch("b", { on: () => "x" as const, cases: { x: (body) => body.step("a", pay) } });
  });
});

describe("groups", () => {
  test("members run at the same time, each once those that it depends on are done", () => {
    const story = given(booking, order);
    expect(sent(story)).toEqual(["trip/hotel/do/1", "trip/flight/do/1"]);
    story.whenReplied("trip/flight", { transactionId: 7 }).thenSends("restaurant.createTicket", { ...order, price: 7 });
    story.whenReplied("trip/hotel", ticket).whenReplied("trip/taxi", ticket).thenEnds("completed");
  });

  test("when a member fails, nothing new starts, open commands are settled, then all is undone in reverse order of start", () => {
    const story = given(booking, order).whenReplied("trip/flight", { transactionId: 7 });
    story.whenFailed("trip/taxi", "ticketRefused").thenDoesNothing().thenEnds("compensating");
    story.whenReplied("trip/hotel", ticket).thenCompensates(["trip/flight", "trip/hotel"]).thenEnds("compensated");
  });

  test("a member whose outcome is unknown is undone as well", () => {
    const story = given(booking, order).whenReplied("trip/flight", { transactionId: 7 });
    story.whenFailed("trip/taxi", "ticketRefused").whenTimePasses();
    story.thenCompensates(["trip/flight", "trip/hotel"]).thenEnds("compensated");
  });

  test("the losers of an 'any' are settled and undone while the saga goes on", () => {
    const story = given(race, order).whenReplied("offers/near", { ticketId: 5 });
    story.thenSends("accounting.authorizeCard", { orderId: 1, amount: 5 });
    expect(story.instance.steps["offers/told"]?.status).toBe("skipped");
    story.whenReplied("payment", { transactionId: 1 }).thenEnds("running");
    story.whenReplied("offers/far", { ticketId: 6 }).thenSends("restaurant.rejectTicket").thenEnds("running");
    story.whenUndone("offers/far").thenEnds("completed");
  });

  test("an 'any' fails when all of its members have", () => {
    const pair = begin("pair").parallel("offers", {
      mode: "any",
      members: (group) =>
        group
          .step("near", { call: restaurant.createTicket, with: ({ input }) => input })
          .step("far", { call: restaurant.createTicket, with: ({ input }) => input }),
    });
    const story = given(pair, order).whenFailed("offers/near", "ticketRefused").thenEnds("running");
    story.whenFailed("offers/far", "ticketRefused").thenEnds("compensated");
  });

  test("no more items at a time than allowed, forward and back", () => {
    const story = given(tickets, { ...order, price: 3 });
    expect(sent(story)).toEqual(["tickets/0/made/do/1", "tickets/1/made/do/1"]);
    story.whenReplied("tickets/0/made", ticket).thenSends("restaurant.approveTicket", { ticketId: 200 });
    story.whenReplied("tickets/1/made", ticket).thenSends("restaurant.approveTicket", { ticketId: 201 });
    story.whenReplied("tickets/1/approved").thenSends("restaurant.createTicket", { ...order, price: 3, orderId: 102 });
    story.whenFailed("tickets/2/made", "ticketRefused").whenReplied("tickets/0/approved");
    expect(sent(story)).toEqual(["tickets/1/made/undo/1", "tickets/0/made/undo/1"]);
    story.whenUndone("tickets/0/made").whenUndone("tickets/1/made").thenEnds("compensated");
  });

  test("a list of nothing is done at once, one that is too long is refused", () => {
    given(tickets, { ...order, price: 0 }).thenEnds("completed");
    given(tickets, { ...order, price: 1_001 }).thenEnds("compensated");
  });
});

describe("ends and growth", () => {
  test("the rounds of a poll share one record, each with an id of its own", () => {
    const story = given(polling, order).whenReplied("ticket", { ticketId: 1 }).thenDoesNothing();
    story.whenTimePasses();
    expect(story.now).toBe(10_000);
    expect(sent(story)).toEqual(["ticket/do/2"]);
    expect(Object.keys(story.instance.steps)).toEqual(["ticket"]);
    story.whenReplied("ticket", { ticketId: 3 }).thenEnds("completed");
  });

  test("a poll that is never answered as it should be fails at its deadline, and is undone", () => {
    const story = given(polling, order);
    for (let round = 0; round < 4; round++) story.whenReplied("ticket", { ticketId: 1 }).whenTimePasses();
    expect(story.instance.retreat?.failure.name).toBe("poll-deadline");
    story.thenCompensates(["ticket"]).thenEnds("compensated");
  });

  test("a late success reopens a cancelled saga, and then it is cancelled again", () => {
    const story = act(given(waiting, order), "cancel").whenTimePasses();
    story.thenCompensates(["ticket"]).thenEnds("cancelled");
    story.whenReplied("ticket", ticket).thenEnds("compensating").thenCompensates(["ticket"]).thenEnds("cancelled");
  });
});

describe("definition hash", () => {
  const hash = (change: (saga: ReturnType<typeof begin>) => { readonly hash: string }) => change(begin("hashed")).hash;
  const ticketStep = { call: restaurant.createTicket, with: ({ input }: { input: typeof order }) => input };

  test("changes with the structure of groups", () => {
    const hashes = [
      hash((one) => one.step("ticket", ticketStep)),
      hash((one) => one.step("ticket", { ...ticketStep, pivot: true })),
      hash((one) => one.parallel("g", { members: (group) => group.step("ticket", ticketStep) })),
      hash((one) => one.parallel("g", { mode: "any", members: (group) => group.step("ticket", ticketStep) })),
      hash((one) => one.each("g", { of: () => [1], steps: (body) => body.step("ticket", ticketStep) })),
      hash((one) => one.branch("g", { on: () => "a", cases: { a: (body) => body.step("ticket", ticketStep) } })),
      hash((one) => one.branch("g", { on: () => "b", cases: { b: (body) => body.step("ticket", ticketStep) } })),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("does not change with durations, policies and functions", () => {
    const one = hash((saga) => saga.step("ticket", { ...ticketStep, timeout: "1s" }));
    const other = hash((saga) =>
      saga.step("ticket", {
        ...ticketStep,
        with: ({ input }) => ({ ...input }),
        timeout: "2s",
        retry: { attempts: 2 },
      }),
    );
    expect(one).toBe(other);
  });
});

describe("children", () => {
  const started = () => {
    const story = given(parent, order);
    const [effect] = story.effects;
    if (effect?.type !== "child") throw new Error("no child was started");
    return { story, effect };
  };

  test("a child's completion is the step's success", () => {
    const { story, effect } = started();
    expect(effect).toMatchObject({ saga: { type: "child", version: 1 }, input: order });
    story.whenReplied("delivery", { ticket, checked: null }).thenSends("accounting.authorizeCard", {
      orderId: 1,
      amount: 200,
    });
  });

  test("a child that was compensated is a definite failure", () => {
    const { story } = started();
    story.whenFailed("delivery", { kind: "terminal", name: "compensated", message: "" }).thenEnds("compensated");
    expect(story.instance.steps.delivery?.status).toBe("failed");
  });

  test("turning back compensates the completed child", () => {
    const { story, effect } = started();
    story.whenReplied("delivery", { ticket, checked: null }).whenFailed("payment", "cardRefused");
    expect(story.effects).toMatchObject([{ type: "undo-child", sagaId: effect.sagaId }]);
    story.whenUndone("delivery").thenEnds("compensated");
  });

  test("turning back while the child is open has it undone, whatever it says meanwhile", () => {
    const { story } = started();
    act(story, "cancel");
    expect(story.effects).toMatchObject([{ type: "undo-child" }]);
    story.whenReplied("delivery", { ticket, checked: null }).thenEnds("compensating").thenDoesNothing();
    story.whenUndone("delivery").thenEnds("cancelled");
  });

  test("a child that needs attention leaves its parent open, flagged", () => {
    const { story } = started();
    story.when({ type: "attention", at: 0, of: "saga-1/delivery/do/1" }).thenEnds("running");
    expect(story.instance.steps.delivery?.needsAttention).toBe(true);
  });

  test("the child itself undoes what it did, also when it had been completed, and says so", () => {
    const story = given(child, order).whenReplied("ticket", ticket).whenReplied("checked").thenEnds("completed");
    story.when({ type: "undo", at: 0, of: "p/delivery/undo/1" }).thenSends("restaurant.rejectTicket");
    story.whenUndone("ticket").thenEnds("compensated");
    expect(story.when({ type: "undo", at: 0, of: "p/delivery/undo/1" }).ignored).toBe("duplicate");
  });
});

describe("other kinds", () => {
  test("a branch goes the way that its function says, once", () => {
    given(branching, order)
      .whenReplied("ticket", ticket)
      .thenSends("accounting.authorizeCard", { orderId: 1, amount: 200 })
      .whenReplied("payment/card/held", { transactionId: 9 })
      .thenRuns("done");
    given(branching, { ...order, price: 1 })
      .whenReplied("ticket", ticket)
      .thenRuns("done");
  });

  test("a sleep ends by itself, and on the way back it is not waited for", () => {
    const sleepy = withTicket("sleepy")
      .step("pause", { sleep: "5m" })
      .step("noted", { run: () => 1 });
    given(sleepy, order).whenReplied("ticket", ticket).whenTimePasses().thenRuns("noted");
    const story = given(sleepy, order).whenReplied("ticket", ticket);
    act(story, "cancel").thenCompensates(["ticket"]).thenEnds("cancelled");
  });

  test("a sleep may end at a time that an earlier step has given", () => {
    const until = begin("until")
      .step("pause", { sleepUntil: ({ input }) => input.price })
      .step("noted", { run: () => 1 });
    const story = given(until, order).whenTimePasses().thenRuns("noted");
    expect(story.now).toBe(20);
  });

  test("a step that is not needed is skipped", () => {
    const maybe = begin("maybe")
      .step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        when: ({ input }) => input.price > 50,
      })
      .step("noted", { run: ({ ticket }) => ticket?.ticketId ?? 0 });
    const story = given(maybe, order).thenRuns("noted");
    expect(story.instance.steps.ticket?.status).toBe("skipped");
  });

  test("a phase turns the saga back when it takes too long", () => {
    const phased = begin("phased").phase("kitchen", {
      timeout: "1m",
      steps: (body) =>
        body
          .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "5m" })
          .step("noted", {
            run: ({ ticket }) => ticket.ticketId,
          }),
    });
    const story = given(phased, order).whenTimePasses();
    expect(story.now).toBe(60_000);
    expect(story.instance.retreat ?? story.instance.wish).toMatchObject({ step: "kitchen" });
  });

  test("what takes its time is noted, and nothing else changes", () => {
    const slow = begin("slow").step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      warnAfter: "1s",
      milestone: "the kitchen knows",
    });
    const story = given(slow, order).whenTimePasses().thenDoesNothing();
    expect(story.history.at(-1)).toMatchObject({ kind: "sla-warning", step: "ticket", at: 1_000 });
    story.whenReplied("ticket", ticket).thenEnds("completed");
    expect(kinds(story)).toContain("milestone ticket");
  });

  test("an asynchronous call is accepted, waited for and read, as one step", () => {
    const slow = begin("invoice")
      .asyncCall("invoice", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        wait: orderEvents.orderApproved,
        key: ({ reply }) => reply.ticketId,
        match: (event) => event.orderId,
        deadline: "1h",
        read: {
          call: accounting.authorizeCard,
          with: ({ reply, message }) => ({ orderId: message.orderId, amount: reply.ticketId }),
        },
        compensate: { call: restaurant.rejectTicket, with: ({ reply }) => ({ orderId: reply?.ticketId ?? 0 }) },
      })
      .step("noted", { run: ({ invoice }) => invoice.transactionId });
    const story = given(slow, order).whenReplied("invoice:call", ticket).thenDoesNothing();
    tell(story, 200).thenSends("accounting.authorizeCard", { orderId: 200, amount: 200 });
    story.whenReplied("invoice", { transactionId: 3 }).thenRuns("noted");
    const vain = given(slow, order).whenReplied("invoice:call", ticket).whenTimePasses();
    vain
      .thenSends("restaurant.rejectTicket", { orderId: 200 })
      .thenCompensates(["invoice:call"])
      .thenEnds("compensated");
  });
});
