import type { Json } from "@sagaspec/runtime";
import { conditionOf, type SagaCondition } from "@sagaspec/runtime/admin";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, it } from "vitest";
import { consumer } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { begin, waiting } from "../../support/saga/kinds.js";

function conditionIn(story: GivenSaga): SagaCondition {
  const { status, paused } = story.instance;
  return conditionOf({ status, paused, state: story.instance as unknown as Json });
}

const polling = begin("polling").step("consumer", {
  call: consumer.verify,
  with: ({ input }) => input,
  retry: { attempts: 3 },
  poll: { until: () => false, every: "1m", deadline: "1h" },
});

describe("the condition of a saga", () => {
  it("is that of its status where a command is under way, or nothing any more", () => {
    const story = given(createOrder, order);
    expect(conditionIn(story)).toBe("running");
    story.whenFailed("consumer", "unknownConsumer");
    expect(conditionIn(story)).toBe("compensating");
    story.whenUndone("order");
    expect(conditionIn(story)).toBe("compensated");
  });

  it("says that a saga waits for an event, for the time, or for the next round of a poll", () => {
    const story = given(waiting, order).whenReplied("ticket", { ticketId: 1 });
    expect(conditionIn(story)).toBe("waiting");
    expect(conditionIn(given(begin("asleep").step("night", { sleep: "8h" }), order))).toBe("waiting");
    const poll = given(polling, order).whenReplied("consumer");
    expect(conditionIn(poll)).toBe("waiting");
  });

  it("says that the next attempt is due later", () => {
    const story = given(polling, order).whenFailed("consumer", { kind: "retryable", name: "busy", message: "" });
    expect(conditionIn(story)).toBe("retrying");
  });

  it("says that it is paused, but not once it has ended", () => {
    const { instance } = given(createOrder, order);
    const state = instance as unknown as Json;
    expect(conditionOf({ status: "running", paused: true, state })).toBe("paused");
    expect(conditionOf({ status: "completed", paused: true, state })).toBe("completed");
    expect(conditionOf({ status: "running", paused: false, state: null, unreadable: "no key" })).toBe("unreadable");
  });
});
