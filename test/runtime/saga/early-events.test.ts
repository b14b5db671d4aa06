import { saga } from "@sagaspec/runtime";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, it } from "vitest";
import { OrderSchema, orderEvents } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { begin, tell, withTicket } from "../../support/saga/kinds.js";
import { useWorld } from "../../support/saga/world.js";

const world = useWorld();

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

describe("several messages that may start a saga", () => {
  const told = (message: typeof orderEvents.orderApproved | typeof orderEvents.orderRejected) => ({
    message,
    input: ({ orderId }: { readonly orderId: number }) => ({ ...order, orderId }),
    key: ({ orderId }: { readonly orderId: number }) => orderId,
  });
  const wait = {
    key: ({ input }: { readonly input: { readonly orderId: number } }) => input.orderId,
    match: ({ orderId }: { readonly orderId: number }) => orderId,
    deadline: "1h",
  } as const;
  const either = saga("either", {
    version: 1,
    input: OrderSchema,
    startOn: [told(orderEvents.orderApproved), told(orderEvents.orderRejected)],
  })
    .step("approved", { ...wait, wait: orderEvents.orderApproved })
    .step("rejected", { ...wait, wait: orderEvents.orderRejected });

  it.each([
    [[orderEvents.orderApproved, orderEvents.orderRejected]],
    [[orderEvents.orderRejected, orderEvents.orderApproved]],
  ])("start one saga a key, which takes them all, in any order", async (messages) => {
    const it = await world({ sagas: [either] });
    for (const orderId of [1, 2]) {
      for (const message of messages) {
        await it.transport.send([
          {
            id: `${message.id}-${orderId}`,
            type: message.message.name,
            body: new TextEncoder().encode(JSON.stringify({ orderId })),
            contentType: "application/json",
            headers: {},
            sentAt: it.clock.now(),
            to: { address: message.channel.address ?? "", service: "order", action: "send" },
          },
        ]);
        await it.clock.advance(200);
      }
    }
    await it.clock.advance(1_000);
    const { sagas } = await it.store.list({ type: "either" });
    expect(sagas.map(({ key, status }) => `${key} ${status}`).sort()).toEqual(["1 completed", "2 completed"]);
  });

  it("each need a key, and are each named once", () => {
    const { key: _, ...keyless } = told(orderEvents.orderApproved);
    const define = (startOn: readonly ReturnType<typeof told>[]) =>
      saga("s", { version: 1, input: OrderSchema, startOn });
    expect(() => define([keyless as never, told(orderEvents.orderRejected)])).toThrow("give each a key");
    expect(() => define([told(orderEvents.orderApproved), told(orderEvents.orderApproved)])).toThrow("twice; drop one");
  });
});
