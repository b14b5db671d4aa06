import { describe, expect, it } from "vitest";
import { type GivenSaga, given } from "../../runtime/src/testing/given.js";
import { orderEvents } from "./contracts.js";
import { order } from "./create-order.js";
import { begin, tell, withTicket } from "./kinds.js";

const kinds = (story: GivenSaga) => story.history.map(({ kind, step }) => (step ? `${kind} ${step}` : kind));

/** Waits for an event of order 1 that a list of accepted message ids names: `until` sees the payload alone. */
const until = (state: number) => ({
  wait: orderEvents.orderApproved,
  key: () => 1,
  match: () => 1,
  until: ({ message }: { readonly message: { readonly orderId: number } }) => message.orderId === state,
  deadline: "1h" as const,
});
const [baking, ready, boxed] = [2, 3, 4];
const pizza = begin("pizza").step("baked", until(baking)).step("ready", until(ready)).step("boxed", until(boxed));

/** The event says its state as an order id; its key is that of the order. */
function state(story: GivenSaga, orderId: number, id = `m-${orderId}`, storedAt = story.now): GivenSaga {
  const about = { channel: orderEvents.orderApproved.id, key: "1", name: "orderApproved", payload: { orderId } };
  return story.when({ type: "message", at: story.now, storedAt, id, ...about });
}

describe("an event that an open wait passes over", () => {
  it.each([
    [[baking, boxed, ready]],
    [[boxed, ready, baking]],
    [[boxed, baking, ready]],
    [[ready, boxed, baking]],
    [[baking, ready, boxed]],
  ])("is still early for a later wait: %j completes", (states) => {
    const story = given(pizza, order);
    for (const one of states) state(story, one);
    story.thenEnds("completed");
  });

  it("is taken once, also while it is kept for a later wait", () => {
    const story = state(given(pizza, order), boxed, "same");
    expect(kinds(story).slice(-2)).toEqual(["message-passed baked", "message-kept boxed"]);
    expect(state(story, boxed, "same").ignored).toBe("duplicate");
    state(state(story, baking), ready).thenEnds("completed");
  });

  it("is kept for a wait whose key is not known yet", () => {
    const later = begin("later")
      .step("baked", until(baking))
      .step("ticket", { run: () => ({ order: 1 }) })
      .step("boxed", { ...until(boxed), key: ({ ticket }) => ticket.order });
    const story = state(state(given(later, order), boxed), baking);
    story.whenReplied("ticket", { order: 1 }).thenEnds("completed");
  });

  it("goes to the other member of a group that waits for it", () => {
    const both = begin("both").parallel("all", {
      members: (group) => group.step("ready", until(ready)).step("boxed", until(boxed)),
    });
    state(state(given(both, order), boxed), ready).thenEnds("completed");
  });

  it("is not kept where no wait is left for it", () => {
    const single = begin("single").step("baked", until(baking));
    const story = state(given(single, order), ready);
    expect(story.instance.kept).toBeUndefined();
    expect(kinds(story).at(-1)).toBe("message-passed baked");
  });

  it("skips no steps towards a wait that would not accept it", () => {
    const skipping = withTicket("skipping").step("ready", { ...until(ready), outOfOrder: "skip-to" });
    const story = state(given(skipping, order), baking);
    expect(story.instance.steps.ticket?.status).toBe("open");
    state(story, ready).thenEnds("completed");
  });
});

describe("an event that was stored before its saga began", () => {
  it("counts when it is at most ten minutes older", () => {
    const story = given(begin("either").step("approved", { ...until(1), until: () => true }), order);
    state(story, 1, "early", -200).thenEnds("completed");
  });

  it("is about another saga when it is older", () => {
    const story = given(begin("either").step("approved", { ...until(1), until: () => true }), order);
    expect(tell(story, 1, { at: -600_001 }).ignored).toBe("stale");
  });
});
