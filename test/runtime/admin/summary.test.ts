import { type SagaRow, saga } from "@sagaspec/runtime";
import type { Admin } from "@sagaspec/runtime/admin";
import { type GivenSaga, given } from "@sagaspec/runtime/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { SagaAdmin } from "../../../generator/src/operate/saga-admin.js";
import { summarize } from "../../../runtime/src/admin/summarize.js";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { consumer, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { parent, polling, tell } from "../../support/saga/kinds.js";

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
              expect.objectContaining({ attempt: 2, outcome: "abandoned", sentAt: "1970-01-01T00:00:02.000Z" }),
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

describe("the summary tells everything that happens to a step, also once only the tombstone is left:", () => {
  const instanceOf = (story: GivenSaga, definition: SagaDefinition, path: string, shrunk = false) =>
    summaryOf(story, definition, shrunk)
      .steps.flatMap(({ instances }) => instances)
      .find((one) => one.path === path);

  test("a message without an answer ends as it is sent", () => {
    const notes = saga("notes", { version: 1, input: OrderSchema }).step("told", {
      send: orderEvents.orderApproved,
      with: ({ input }) => ({ orderId: input.orderId }),
    });
    const story = given(notes, order).thenEnds("completed");
    const at = "1970-01-01T00:00:00.000Z";
    for (const shrunk of [false, true])
      expect(instanceOf(story, notes, "told", shrunk)).toMatchObject({
        status: "succeeded",
        endedAt: at,
        attempts: [{ id: "saga-1/told/do/1#1", outcome: "succeeded", sentAt: at, endedAt: at }],
      });
  });

  test("every attempt has its own id, and a failed one what failed in one place", () => {
    const patient = saga("patient", { version: 1, input: OrderSchema }).step("consumer", {
      call: consumer.verify,
      with: ({ input }) => ({ consumerId: input.consumerId }),
      timeout: "1s",
      retry: { attempts: 2, backoff: "1s", jitter: 0 },
    });
    const story = given(patient, order).whenTimePasses().whenTimePasses().whenFailed("consumer", "unknownConsumer");
    const attempts = instanceOf(story, patient, "consumer")?.attempts ?? [];
    expect(attempts.map(({ id }) => id)).toEqual(["saga-1/consumer/do/1#1", "saga-1/consumer/do/1#2"]);
    expect(attempts).toMatchObject([
      { outcome: "failed", code: "timeout", message: "no answer to step 'consumer' within 1000 ms" },
      { outcome: "failed", code: "unknownConsumer", message: expect.any(String) },
    ]);
  });

  test("a step names the saga that it has started", () => {
    const story = given(parent, order);
    const path = Object.keys(story.instance.steps).find((one) => story.instance.steps[one]?.child) ?? "";
    const id = story.instance.steps[path]?.child;
    for (const shrunk of [false, true])
      expect(instanceOf(story, parent, path, shrunk)?.child).toEqual({ id, type: "child" });
  });

  test("what is not on the way that was taken is skipped, and what the saga may still come to is pending", () => {
    const ways = saga("ways", { version: 1, input: OrderSchema })
      .branch("way", {
        on: () => "here",
        cases: {
          here: (body) => body.step("a", { run: () => {} }),
          there: (body) => body.step("b", { run: () => {} }),
        },
      })
      .step("last", { run: () => {} });
    const story = given(ways, order);
    expect(statusesIn(summaryOf(story, ways))).toEqual({
      "way/here/a": "open",
      "way/there/b": "skipped",
      last: "pending",
    });
    story.whenFailed("way/here/a", "no").thenEnds("compensated");
    const ended = { "way/here/a": "failed", "way/there/b": "skipped", last: "skipped" };
    expect(statusesIn(summaryOf(story, ways))).toEqual(ended);
    expect(statusesIn(summaryOf(story, ways, true))).toEqual(ended);
  });

  test("phases are rolled up", () => {
    const phased = saga("phased", { version: 1, input: OrderSchema })
      .phase("first", { steps: (body) => body.step("a", { run: () => {} }).step("b", { run: () => {} }) })
      .phase("second", { steps: (body) => body.step("c", { run: () => {} }) });
    const story = given(phased, order);
    const phases = () => summaryOf(story, phased).phases.map(({ name, status }) => [name, status]);
    expect(phases()).toEqual([
      ["first", "open"],
      ["second", "pending"],
    ]);
    story.whenReplied("a");
    expect(phases()[0]).toEqual(["first", "open"]);
    story.whenReplied("b");
    expect(phases()).toEqual([
      ["first", "succeeded"],
      ["second", "open"],
    ]);
    story.whenReplied("c").thenEnds("completed");
    expect(summaryOf(story, phased, true).phases).toMatchObject([
      { name: "first", status: "succeeded", steps: ["a", "b"], endedAt: "1970-01-01T00:00:00.000Z" },
      { name: "second", status: "succeeded", steps: ["c"] },
    ]);
  });

  test("answers that do not end a poll, and what a long call tells of its progress, are updates", () => {
    const story = given(polling, order).whenReplied("ticket", { ticketId: 0 });
    expect(instanceOf(story, polling, "ticket")?.updates).toMatchObject([
      { status: "received", payload: { ticketId: 0 } },
    ]);
    let ready = false;
    const long = saga("long", { version: 1, input: OrderSchema }).asyncCall("invoice", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      wait: orderEvents.orderApproved,
      key: ({ reply }) => reply.ticketId,
      match: (event) => event.orderId,
      until: () => ready,
      deadline: "1h",
    });
    const call = given(long, order).whenReplied("invoice:call", { ticketId: 200 });
    tell(call, 200, { id: "progress-1" });
    expect(instanceOf(call, long, "invoice")).toMatchObject({
      status: "open",
      updates: [{ messageId: "progress-1", status: "received", payload: { orderId: 200 } }],
    });
    ready = true;
    tell(call, 200, { id: "result" }).thenEnds("completed");
  });

  test("an attempt that was given up is not open for ever", () => {
    const story = given(createOrder, order);
    story.when({ type: "operate", at: 5, action: "skip", step: "consumer", by: "ada", why: "known" });
    expect(instanceOf(story, createOrder, "consumer")?.attempts).toMatchObject([{ outcome: "abandoned" }]);
  });
});

test("the admin of the runtime is what the command asks for", () => {
  expectTypeOf<Admin>().toExtend<SagaAdmin>();
});
