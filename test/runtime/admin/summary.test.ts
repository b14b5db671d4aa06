import { type SagaRow, saga } from "@sagaspec/runtime";
import type { Admin } from "@sagaspec/runtime/admin";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { SagaAdmin } from "../../../generator/src/operate/saga-admin.js";
import { summarize } from "../../../runtime/src/admin/summarize.js";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { consumer, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";

/** The saga of a story, as a store would have it; `shrunk` when it has finished long ago. */
function summaryOf(story: GivenSaga, definition: SagaDefinition | undefined, shrunk = false) {
  const { instance } = story;
  const row: SagaRow = {
    id: instance.id,
    type: "a-saga",
    version: 1,
    hash: "",
    status: instance.status,
    paused: instance.paused,
    cursor: [],
    revision: 1,
    state: shrunk ? null : (instance as never),
    startedAt: instance.startedAt,
    updatedAt: story.now,
    token: "",
  };
  return summarize(row, story.history, definition, []);
}

const statusesIn = ({ steps }: ReturnType<typeof summaryOf>) =>
  Object.fromEntries(steps.flatMap(({ instances }) => instances.map(({ path, status }) => [path, status])));

describe("the summary of a saga", () => {
  const failed = () =>
    given(createOrder, order)
      .whenReplied("consumer")
      .whenReplied("ticket", { ticketId: 200 })
      .whenFailed("payment", "cardRefused")
      .thenCompensates(["ticket", "order"]);

  test("is the same once only the tombstone is left, but for what a step alone remembers", () => {
    const before = summaryOf(failed(), createOrder);
    const after = summaryOf(failed(), createOrder, true);
    expect(statusesIn(after)).toEqual(statusesIn(before));
    expect(after).toEqual(before);
  });

  test("needs no definition: the steps come as they started", () => {
    expect(statusesIn(summaryOf(failed(), undefined))).toEqual({
      order: "compensated",
      consumer: "succeeded",
      ticket: "compensated",
      payment: "failed",
    });
  });

  test("tells every attempt, and what came late", () => {
    const patient = saga("patient", { version: 1, input: OrderSchema }).step("consumer", {
      call: consumer.verify,
      with: ({ input }) => ({ consumerId: input.consumerId }),
      timeout: "1s",
      retry: { attempts: 2, backoff: "1s", jitter: 0 },
    });
    const story = given(patient, order).whenTimePasses();
    expect(statusesIn(summaryOf(story, patient))).toEqual({ consumer: "waiting" });
    story.whenTimePasses().whenReplied("consumer", null, { attempt: 1 }).whenReplied("consumer", null, { attempt: 2 });
    expect(summaryOf(story, patient).steps).toEqual([
      {
        name: "consumer",
        operation: "consumer.verify",
        service: "consumer",
        instances: [
          expect.objectContaining({
            status: "succeeded",
            attempts: [
              expect.objectContaining({ attempt: 1, outcome: "succeeded", sentAt: "1970-01-01T00:00:00.000Z" }),
              expect.objectContaining({ attempt: 2, outcome: "open", sentAt: "1970-01-01T00:00:02.000Z" }),
            ],
            updates: [
              { messageId: "saga-1/consumer/do/1", receivedAt: "1970-01-01T00:00:02.000Z", status: "succeeded" },
            ],
          }),
        ],
      },
    ]);
  });

  test("gathers the instances of a step that runs for each item", () => {
    const many = saga("many", { version: 1, input: OrderSchema }).each("items", {
      of: () => ["a", "b"],
      steps: (item) => item.step("pack", { run: () => "packed" }),
    });
    const story = given(many, order).whenReplied("items/0/pack", "packed");
    const { steps } = summaryOf(story, many);
    expect(
      steps.map(({ name, instances }) => [name, instances.map(({ path, index, status }) => [path, index, status])]),
    ).toEqual([
      [
        "items/*/pack",
        [
          ["items/0/pack", 0, "succeeded"],
          ["items/1/pack", 1, "open"],
        ],
      ],
    ]);
  });

  test("tells the answer and what was made of it apart", () => {
    const mapped = saga("mapped", { version: 1, input: OrderSchema }).step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      onReply: ({ reply }) => reply.ticketId,
    });
    const story = given(mapped, order).whenReplied("ticket", { ticketId: 200 }).thenEnds("completed");
    expect(summaryOf(story, mapped).steps[0]?.instances).toMatchObject([{ reply: { ticketId: 200 }, result: 200 }]);
  });

  test("says which steps were not needed, also once only the tombstone is left", () => {
    const some = saga("some", { version: 1, input: OrderSchema })
      .step("gift", { run: () => {}, when: () => false })
      .step("pack", { run: () => {} });
    const story = given(some, order).whenReplied("pack").thenEnds("completed");
    const expected = { gift: "skipped", pack: "succeeded" };
    expect(statusesIn(summaryOf(story, some))).toEqual(expected);
    expect(statusesIn(summaryOf(story, some, true))).toEqual(expected);
  });
});

test("the admin of the runtime is what the command asks for", () => {
  expectTypeOf<Admin>().toExtend<SagaAdmin>();
});
