// What earlier saga frameworks got wrong, each with the behaviour that was seen there.

import { type Failure, saga } from "@sagaspec/runtime";
import { given } from "@sagaspec/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { createWorld } from "../../support/saga/world.js";

const broken: Failure = { kind: "error", name: "remote-error", message: "cannot" };
const final: Failure = { kind: "declared", name: "no", message: "cannot" };

test("a second success does not run the following steps again, a late failure does not undo a finished saga", () => {
  const story = given(createOrder, order)
    .whenReplied("consumer")
    .whenReplied("ticket", { ticketId: 200 })
    .whenReplied("payment", { transactionId: 1 })
    .whenReplied("payment", { transactionId: 1 })
    .thenDoesNothing()
    .whenReplied("approval")
    .whenReplied("approved")
    .thenEnds("completed");
  story.whenFailed("ticket", "ticketRefused").thenDoesNothing().thenEnds("completed");
});

test("a compensation that fails stops neither the others nor the saga's end", () => {
  const story = given(createOrder, order)
    .whenReplied("consumer")
    .whenReplied("ticket", { ticketId: 200 })
    .whenFailed("payment", "cardRefused")
    .whenUndoFailed("ticket", final)
    .thenRuns("order")
    .whenUndone("order")
    .thenEnds("needs-attention");
  expect(story.history.at(-1)).toMatchObject({
    kind: "ended",
    data: { status: "needs-attention", unresolved: ["ticket"] },
  });
});

test("a compensation is retried by its own policy before it is given up", () => {
  const story = given(createOrder, order).whenReplied("consumer").whenTimePasses();
  for (let attempt = 1; attempt < 5; attempt++) story.whenUndoFailed("ticket", broken).whenTimePasses();
  expect(story.effects).toMatchObject([{ id: "saga-1/ticket/undo/1", attempt: 5 }]);
  story.whenUndoFailed("ticket", broken).thenRuns("order").whenUndone("order").thenEnds("needs-attention");
});

test("a throwing 'with' of a compensation counts as its failure", () => {
  const story = saga("broken", { version: 1, input: OrderSchema })
    .step("first", { compensate: { run: () => {} } })
    .step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => input,
      compensate: {
        call: restaurant.rejectTicket,
        with: () => {
          throw new Error("no such order");
        },
      },
    });
  given(story, order).whenTimePasses().thenRuns("first").whenUndone("first").thenEnds("needs-attention");
});

test("the late success of a compensation resolves it", () => {
  given(createOrder, order)
    .whenFailed("consumer", "unknownConsumer")
    .whenUndoFailed("order", { kind: "terminal", name: "no", message: "no" })
    .thenEnds("needs-attention")
    .whenUndone("order")
    .thenEnds("needs-attention");
  const late = given(createOrder, order).whenReplied("consumer").whenTimePasses();
  for (let attempt = 1; attempt <= 5; attempt++) late.whenTimePasses().whenTimePasses();
  late.whenUndone("order").thenEnds("needs-attention");
  late.whenUndone("ticket", { attempt: 3 }).thenEnds("compensated");
});

test("a participant that is dead does not leave the saga running for ever", () => {
  const story = given(createOrder, order).whenReplied("consumer");
  for (let due = 0; due < 50 && story.instance.status !== "needs-attention"; due++) story.whenTimePasses();
  story.thenEnds("needs-attention");
});

test("a step of unknown outcome is undone by a key that the caller chose", () => {
  given(createOrder, order)
    .whenReplied("consumer")
    .whenTimePasses()
    .thenSends("restaurant.rejectTicket", { orderId: 1 });
});

test("what is told before its wait has begun is not lost", () => {
  const waiting = saga("waiting", { version: 1, input: OrderSchema })
    .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
    .step("approved", {
      wait: orderEvents.orderApproved,
      key: ({ input }) => input.orderId,
      match: (event) => event.orderId,
      deadline: "1h",
    });
  const about = { id: "event-1", channel: orderEvents.orderApproved.id, key: "1", name: "orderApproved", storedAt: 1 };
  given(waiting, order)
    .when({ type: "message", at: 1, ...about, payload: { orderId: 1 } })
    .thenEnds("running")
    .whenReplied("ticket", { ticketId: 200 })
    .thenEnds("completed");
});

test("a saga goes on by the plan that it began with, and a changed plan of the same version is refused", async () => {
  const begin = (version: number) => saga("order", { version, input: OrderSchema });
  const ticket = { call: restaurant.createTicket, with: () => order, timeout: "1h" } as const;
  const first = begin(1)
    .step("ticket", ticket)
    .step("noted", { run: () => "as it was" });
  const changed = begin(1)
    .step("noted", { run: () => "changed" })
    .step("ticket", ticket);
  const second = begin(2).step("noted", { run: () => "anew" });
  const it = await createWorld({ sagas: [first], answers: { createTicket: { silence: true } } });
  onTestFinished(() => it.close());
  const { id } = await it.sagas.run(first, order);
  await it.clock.advance(100);
  await it.sagas.close();

  const careless = await it.addRunner({ sagas: [changed] });
  const [command] = it.restaurant.commands;
  if (command) await it.restaurant.answer(command.message, "ticketCreated", { ticketId: 200 });
  await it.clock.advance(1_000);
  expect(String(it.problems[0])).toContain("[definition-changed] saga order v1: its steps have changed");
  expect(await it.store.get(id)).toMatchObject({ status: "running", cursor: ["ticket"] });
  await careless.close();

  const careful = await it.addRunner({ sagas: [first, second] });
  const young = await careful.run(second, order);
  await it.clock.advance(2_000);
  expect(await careful.handle(id).status()).toMatchObject({ status: "completed", results: { noted: "as it was" } });
  expect(await young.status()).toMatchObject({ status: "completed", results: { noted: "anew" } });
});
