import type { OperatorAction } from "@sagaspec/runtime";
import type { Json } from "@sagaspec/runtime/codegen";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { decide, decideStuck } from "../../../runtime/src/saga/decide/decide.js";
import type { Event } from "../../../runtime/src/saga/store/effects.js";
import { nextDue } from "../../../runtime/src/saga/store/instance.js";
import { createOrder, order } from "../../support/saga/create-order.js";

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

describe("acts on steps that are under way", () => {
  const unheard = () => given(createOrder, order).whenReplied("consumer").thenSends("restaurant.createTicket");

  test("skipping an open step goes on with the output, and a late answer changes nothing", () => {
    const story = act(unheard(), "skip", { step: "ticket", data: { ticketId: 9 } }).thenSends(
      "accounting.authorizeCard",
    );
    expect(story.instance.steps.ticket).toMatchObject({ status: "done", result: { ticketId: 9 } });
    story.whenReplied("ticket", { ticketId: 200 }).thenDoesNothing();
    expect(story.history.at(-1)?.kind).toBe("late-reply");
    expect(story.instance.steps.ticket?.result).toEqual({ ticketId: 9 });
  });

  test("a skipped open step is undone when the saga turns back: it may have taken effect", () => {
    act(unheard(), "skip", { step: "ticket" })
      .whenFailed("payment", "cardRefused")
      .thenCompensates(["ticket", "order"])
      .thenEnds("compensated");
  });

  test("skipping the pivot passes it", () => {
    const story = unheard().whenReplied("ticket", { ticketId: 200 });
    act(story, "skip", { step: "payment", data: { transactionId: 0 } }).thenSends("restaurant.approveTicket");
    expect(refusal(act(story, "cancel"))).toBe("step 'payment', the pivot, has been passed");
  });

  test("retrying a step that is open is refused, and so is a step that has not started", () => {
    expect(refusal(act(unheard(), "retry", { step: "ticket" }))).toBe("step 'ticket' is open");
    expect(refusal(act(unheard(), "retry", { step: "payment" }))).toBe("step 'payment' has not started");
    expect(refusal(act(unheard(), "retry"))).toBe("nothing has failed");
  });

  test("retrying a step between two attempts starts the next one now", () => {
    const story = unheard()
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 })
      .whenTimePasses();
    expect(story.instance.steps.approval?.do).toMatchObject({ phase: "backoff" });
    act(story, "retry", { step: "approval" });
    expect(nextDue(story.instance)).toBe(story.now);
    story.whenTimePasses().thenSends("restaurant.approveTicket");
  });

  test("a compensation under way can be marked as done", () => {
    const story = unheard().whenReplied("ticket", { ticketId: 200 }).whenFailed("payment", "cardRefused");
    expect(story.instance.steps.ticket?.status).toBe("undoing");
    act(story, "mark-done", { step: "ticket" }).thenCompensates(["order"]).thenEnds("compensated");
    expect(story.open.size).toBe(0);
  });
});

describe("cancel, once more", () => {
  test("is wanted twice as once, before and after it has been carried out", () => {
    const story = act(act(given(createOrder, order), "cancel"), "cancel").whenReplied("consumer");
    act(story.thenCompensates(["order"]).thenEnds("cancelled"), "cancel").thenEnds("cancelled");
    expect(story.history.filter(({ kind }) => kind === "operated").map(refusedIn)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("is refused when the saga is completed", () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 })
      .whenReplied("approval")
      .whenReplied("approved")
      .thenEnds("completed");
    for (const action of ["cancel", "cancel-without-compensation", "compensate", "pause"] as const) {
      expect(refusal(act(story, action))).toBe("the saga is completed already");
    }
    story.thenEnds("completed");
  });

  test("without compensation waits for an open pivot as well", () => {
    const open = () =>
      act(
        given(createOrder, order).whenReplied("consumer").whenReplied("ticket", { ticketId: 200 }),
        "cancel-without-compensation",
      ).thenEnds("running");
    open().whenFailed("payment", "cardRefused").thenDoesNothing().thenEnds("cancelled");
    open().whenReplied("payment", { transactionId: 1 }).thenEnds("running");
  });

  test("without compensation stops a way back, and leaves the rest as it is", () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenFailed("payment", "cardRefused")
      .thenEnds("compensating");
    act(story, "cancel-without-compensation").thenDoesNothing().thenEnds("cancelled");
    expect(story.open.size).toBe(0);
    story.whenUndone("ticket").thenDoesNothing().thenEnds("cancelled");
  });

  test("of a paused saga is carried out when it is resumed", () => {
    const story = act(act(given(createOrder, order).whenReplied("consumer"), "pause"), "cancel").thenEnds("running");
    act(story.whenReplied("ticket", { ticketId: 200 }), "resume")
      .thenCompensates(["ticket", "order"])
      .thenEnds("cancelled");
  });

  test("compensate now ends as compensated", () => {
    act(given(createOrder, order), "compensate")
      .whenReplied("consumer")
      .thenCompensates(["order"])
      .thenEnds("compensated");
  });
});

describe("a paused saga", () => {
  test("lets nothing time out, and what is lost lie, until it is resumed", () => {
    const story = act(given(createOrder, order), "pause");
    expect(story.whenTimePasses().ignored).toBe("stale");
    expect(story.when({ type: "lost", at: story.now, of: "saga-1/consumer/do/1", attempt: 1 }).ignored).toBe("stale");
    act(story, "resume");
    story.whenTimePasses().thenCompensates(["order"]);
  });

  test("refuses to start another round of a step", () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenReplied("payment", { transactionId: 1 })
      .whenFailed("approval", "no");
    expect(refusal(act(act(story, "pause"), "retry", { step: "approval" }))).toBe(
      "the saga is paused; resume it first",
    );
  });
});

describe("what needs attention ends properly once everything is settled", () => {
  const failing = () => {
    const story = given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenFailed("payment", "cardRefused");
    const no = { kind: "terminal", name: "no", message: "no" } as const;
    return story.whenUndoFailed("ticket", no).whenUndoFailed("order", no).thenEnds("needs-attention");
  };

  test("one by one: done by hand, and undone after all", () => {
    const story = act(failing(), "mark-done", { step: "ticket" }).thenEnds("needs-attention");
    act(story, "retry", { step: "order" }).thenCompensates(["order"]).thenEnds("compensated");
    expect(story.history.at(-1)).toMatchObject({ kind: "ended", data: { status: "compensated", unresolved: [] } });
  });

  test("all at once, under new ids", () => {
    const story = act(failing(), "retry").thenSends("restaurant.rejectTicket");
    expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/2" }]);
    story.thenCompensates(["ticket", "order"]).thenEnds("compensated");
  });

  test("by leaving the rest as it is", () => {
    act(failing(), "cancel-without-compensation").thenEnds("cancelled");
  });
});

test("retrying a stuck saga whose answer is gone asks for the answer once more, and does not wait for its time", () => {
  const story = given(createOrder, order);
  const asked = [...story.open.values()].find(({ type }) => type === "send");
  const { id: of = "", attempt = 0 } = asked ?? {};
  const stuck = (saga: GivenSaga) => {
    const outcome = { type: "outcome", at: saga.now, of, attempt, ok: null } as const;
    return decideStuck(createOrder, saga.instance, [outcome], new Error("too large"));
  };
  for (const more of [{}, { step: "consumer" }]) {
    const { next } = stuck(given(createOrder, order));
    expect(next).toMatchObject({ status: "needs-attention", stuck: "too large" });
    const event = { type: "operate", at: 1, action: "retry", by: "ada", why: "fixed", ...more } as const;
    const retried = decide(createOrder, next, event);
    if ("ignore" in retried) throw new Error(retried.ignore);
    expect(retried.effects).toMatchObject([{ type: "send", id: of, attempt, operation: "consumer.verify" }]);
    expect(retried.next.status).toBe("running");
    expect(retried.next.unanswered).toBeUndefined();
    const answered = decide(createOrder, retried.next, { type: "outcome", at: 2, of, attempt, ok: null });
    expect("ignore" in answered ? answered.ignore : answered.effects).toMatchObject([
      { operation: "restaurant.createTicket" },
    ]);
  }
});

describe("an act on what was seen", () => {
  test("is refused when the saga has moved on", () => {
    const story = given(createOrder, order);
    const { seq } = story.instance;
    const patch = (expectedSeq: number) =>
      story.when({
        type: "operate",
        at: 0,
        action: "patch",
        by: "ada",
        why: "typo",
        data: { input: { ...order, price: 7 } },
        expectedSeq,
      });
    story.whenReplied("consumer");
    const refused = refusal(patch(seq)) ?? "";
    expect(refused).toMatch(/^the saga has moved on/);
    expect(story.instance.input).toEqual(order);
    // With the number that the refusal names it is carried out.
    expect(refusal(patch(Number(/\d+$/.exec(refused)?.[0])))).toBeUndefined();
    expect(story.instance.input).toMatchObject({ price: 7 });
  });

  test("goes by what has changed: refused acts in between, however many, take nothing from what was seen", () => {
    const story = given(createOrder, order);
    const { seq } = story.instance;
    const at = (action: OperatorAction, expectedSeq: number, data: Json | undefined = undefined) =>
      refusal(
        story.when({
          ...{ type: "operate", at: 0, action, by: "ada", why: "a test", expectedSeq },
          ...(data === undefined ? undefined : { data }),
        } as Event),
      );
    expect(at("patch", seq, "nonsense")).toBeDefined();
    expect(at("retry", seq)).toBe("nothing has failed");
    expect(at("patch", seq + 1, { input: { ...order, price: 8 } })).toBeUndefined();
    expect(at("pause", seq)).toMatch(/^the saga has moved on/);
  });

  test("gives data that the reply's schema allows, or is refused with what is wrong", () => {
    const ticket = () => given(createOrder, order).whenReplied("consumer");
    expect(refusal(act(ticket(), "skip", { step: "ticket", data: "no" }))).toMatch(/^data for step 'ticket' is "no"/);
    expect(refusal(act(ticket(), "skip", { step: "ticket", data: { ticketId: "x" as never } }))).toMatch(/ticketId/);
    expect(refusal(act(ticket(), "skip", { step: "ticket", data: { ticketId: 5 } }))).toBeUndefined();
    expect(refusal(act(ticket(), "skip", { step: "ticket" }))).toBeUndefined();
    const done = ticket().whenReplied("ticket", { ticketId: 200 });
    expect(refusal(act(done, "patch", { data: { ticket: 1 } }))).toMatch(/^data for step 'ticket' is 1/);
    expect(refusal(act(given(createOrder, order), "mark-done", { step: "order", data: "x" }))).toMatch(/gives no data/);
  });

  test("of a patch puts a shorter reply in the place of the one there is, also for the compensation", () => {
    const story = given(createOrder, order).whenReplied("consumer").whenReplied("ticket", { ticketId: 200 });
    act(story, "patch", { data: { ticket: { ticketId: 7 } } as never });
    expect(story.instance.steps.ticket?.reply).toEqual({ ticketId: 7 });
  });

  test("patches no step that has given nothing", () => {
    const story = act(given(createOrder, order), "patch", { data: { ticket: 1 } });
    expect(refusal(story)).toBe("step 'ticket' has given nothing yet");
    expect(refusal(act(story, "patch", { data: "nonsense" }))).toBe("data must be results by step");
  });
});

function refusedIn({ data }: { readonly data?: unknown }): string | undefined {
  return (data as { refused?: string }).refused;
}

/** Why the last act was refused. */
function refusal(story: GivenSaga): string | undefined {
  const line = story.history.findLast(
    ({ kind, data }) => kind === "operated" && (data as { by?: string }).by === "ada",
  );
  return line && refusedIn(line);
}

test("an act that is decided once more, because nobody heard that it was stored, is carried out once", () => {
  const story = given(createOrder, order);
  const pause = { type: "operate", at: 1, id: "act-1", action: "pause", by: "ada", why: "lunch" } as const;
  story.when(pause).when({ ...pause, id: "act-2", action: "resume" });
  const lines = story.history.length;
  story.when(pause);
  expect(story.ignored).toBe("duplicate");
  expect(story.instance.paused).toBe(false);
  expect(story.history).toHaveLength(lines);
});

test("nothing is tried again in a saga that was ended with everything left as it is", () => {
  const story = given(createOrder, order).whenReplied("consumer").whenReplied("ticket", { ticketId: 1 });
  story.whenFailed("payment", "cardRefused").thenSends("restaurant.rejectTicket");
  act(story, "cancel-without-compensation").thenEnds("cancelled");
  const { steps } = story.instance;
  act(story, "retry").thenDoesNothing().thenEnds("cancelled");
  expect(story.instance.steps).toEqual(steps);
  expect(story.history.at(-1)).toMatchObject({ data: { refused: "nothing has failed" } });
  act(story, "retry", { step: "ticket" }).thenDoesNothing();
  expect(story.history.at(-1)).toMatchObject({ data: { refused: expect.stringContaining("left as it is") } });
});
