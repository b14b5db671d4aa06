// What grows with a saga has a bound: its history, and its state on the way back.
import { saga } from "@sagaspec/runtime";
import { given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import type { SagaStatus } from "../../../runtime/src/saga/store/saga-store.js";
import { stateText } from "../../../runtime/src/saga/store/stored-json.js";
import { OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { polling, tell, waiting } from "../../support/saga/kinds.js";

describe("the history stays short, and counts what it does not list:", () => {
  test("20,000 rounds of a poll", () => {
    const patient = saga("patient", { version: 1, input: OrderSchema }).step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      poll: { until: ({ reply }) => reply.ticketId > 0, every: "1s", deadline: "30d" },
    });
    const story = given(patient, order);
    for (let round = 1; round <= 20_000; round++) story.whenReplied("ticket", { ticketId: 0 }).whenTimePasses();
    expect(story.history.length).toBeLessThan(100);
    story.whenReplied("ticket", { ticketId: 5 }).thenEnds("completed");
    const counted = story.history.findLast(({ kind }) => kind === "repeated");
    expect(counted?.data).toEqual({ kind: "poll-repeated", count: 20_000, first: 0, last: 19_999_000 });
    expect(JSON.stringify(story.instance).length).toBeLessThan(5_000);
  });

  test("3,000 messages that a wait passes over, of which none is taken twice", () => {
    const picky = saga("picky", { version: 1, input: OrderSchema }).step("approved", {
      wait: orderEvents.orderApproved,
      key: ({ input }) => input.orderId,
      match: (event) => event.orderId,
      until: () => false,
      deadline: "30d",
    });
    const story = given(picky, order);
    for (let count = 1; count <= 3_000; count++) tell(story, 1, { id: `message-${count}` });
    expect(story.history.length).toBeLessThan(60);
    const { seq } = story.instance;
    for (const id of ["message-1", "message-1500", "message-3000"]) {
      tell(story, 1, { id });
      expect(story.ignored).toBe("duplicate");
    }
    expect(story.instance.seq).toBe(seq);
    const last = story.history.findLast(({ kind }) => kind === "repeated");
    expect(last?.data).toMatchObject({ kind: "message-passed", count: 2_560 });
  });

  test("a few are listed one by one, as ever", () => {
    const story = given(polling, order).whenReplied("ticket", { ticketId: 0 }).whenTimePasses();
    expect(story.history.map(({ kind }) => kind)).toEqual([
      "started",
      "step-started",
      "step-succeeded",
      "poll-repeated",
      "step-started",
    ]);
    expect(given(waiting, order).history.some(({ kind }) => kind === "repeated")).toBe(false);
  });
});

test("what fitted on the way forward can be undone: 1,000 items with replies of 660 bytes", () => {
  const all = Array.from({ length: 1_000 }, (_, index) => index);
  const long = "r".repeat(660);
  const many = saga("many", { version: 1, input: OrderSchema })
    .each("items", {
      of: () => all,
      concurrency: 1_000,
      steps: (item) =>
        item.step("reserved", {
          call: restaurant.createTicket,
          with: ({ input }) => input,
          compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
        }),
    })
    .step("last", { run: () => {} });
  const text = (status: SagaStatus) =>
    stateText({ id: "1", type: "many", status, state: JSON.parse(JSON.stringify(story.instance)) });
  const story = given(many, order);
  for (const index of all) story.whenReplied(`items/${index}/reserved`, { ticketId: index, long } as never);
  expect(() => text("running")).not.toThrow();
  story.whenFailed("last", "no");
  expect(() => text("compensating")).not.toThrow();
  // More than a saga may carry forward, and on its way back nobody minds.
  expect(() => text("running")).toThrow(/has grown/);
  for (const index of all.toReversed()) story.whenUndone(`items/${index}/reserved`);
  story.thenEnds("compensated");
  expect(() => text("compensated")).not.toThrow();
}, 240_000);
