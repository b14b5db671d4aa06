import { createSagaRunner, type SagaRunner, saga } from "@sagaspec/runtime";
import { type Admin, createSagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { OrderSchema } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { type Answer, type Participant, participant } from "../../support/saga/participants.js";
import { type OpenStore, stores } from "./stores.js";

const usual: { readonly [command: string]: Answer } = {
  createTicket: { ok: { ticketId: 200 } },
  authorizeCard: { ok: { transactionId: 100 } },
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Scene {
  readonly open: OpenStore;
  readonly runner: SagaRunner;
  /** What the services answer; may be changed under way. */
  readonly answers: { [command: string]: Answer };
  readonly services: readonly Participant[];
  /** In the worker's process. */
  readonly inside: Admin;
  /** In a process of its own, as far as it can tell. */
  readonly outside: Admin;
}

async function scene(from: (typeof stores)[number], answers: { [command: string]: Answer } = {}): Promise<Scene> {
  const open = await from.open();
  closers.push(() => open.close());
  const transport = createMemoryTransport();
  closers.push(() => transport.close());
  const reply = (name: string): Answer => answers[name] ?? usual[name] ?? { ok: null };
  const services: Participant[] = [];
  for (const name of ["consumer", "restaurant", "accounting"]) services.push(await participant(transport, name, reply));
  const { store } = open;
  const runner = createSagaRunner({ service: "order", sagas: [createOrder], store, transport, settleTime: 0 });
  await runner.start();
  closers.push(() => runner.close());
  return {
    open,
    runner,
    answers,
    services,
    inside: createSagaAdmin({ store, sagas: [createOrder], runner }),
    outside: createSagaAdmin({ store, sagas: [createOrder] }),
  };
}

/** The same saga after the contract of its first command has changed. */
function withConsumerSchema(payload: object): SagaDefinition {
  const nodes = createOrder.root.nodes.map((node) => {
    if (node.kind !== "step" || node.action?.kind !== "call" || node.name !== "consumer") return node;
    const { operation } = node.action;
    return {
      ...node,
      action: { ...node.action, operation: { ...operation, message: { ...operation.message, payload } } },
    };
  });
  return { ...createOrder, hash: createOrder.hash, root: { ...createOrder.root, nodes } } as SagaDefinition;
}

const who = { by: "ada", why: "a test" } as const;
const keyed = (orderId: number) => ({ key: String(orderId) });

describe.each(stores)("on $name", (from) => {
  test("lists by status, type, key, step and time, page by page", async () => {
    const { runner, inside, answers } = await scene(from);
    for (const orderId of [1, 2, 3])
      await (await runner.run(createOrder, { ...order, orderId }, keyed(orderId))).result();
    answers.verify = { silence: true };
    const { id } = await runner.run(createOrder, { ...order, orderId: 4 }, keyed(4));

    const first = await inside.list({ status: "completed", limit: 2 });
    expect(first.sagas.map(({ key }) => key)).toEqual(["3", "2"]);
    const second = await inside.list({ status: "completed", limit: 2, ...(first.next && { after: first.next }) });
    expect(second).toMatchObject({ sagas: [{ key: "1", status: "completed", openSteps: [] }] });
    expect(second.next).toBeUndefined();
    expect((await inside.list({ step: "consumer" })).sagas.map((one) => one.id)).toEqual([id]);
    expect((await inside.list({ type: "another" })).sagas).toEqual([]);
    expect((await inside.list({ startedBefore: 1 })).sagas).toEqual([]);
    expect(await inside.find("create-order", "4")).toMatchObject({ id, openSteps: ["consumer"] });
    expect(await inside.find("create-order", "5")).toBeUndefined();
  });

  test("sums a saga up: each step with its calls, answers, times and compensation", async () => {
    const { runner, inside } = await scene(from, { authorizeCard: { refuse: "cardRefused" } });
    const { id } = await runner.run(createOrder, order, keyed(1));
    await runner.handle(id).result();
    const summary = await inside.summary(id);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(summary).toMatchObject({
      id,
      type: "create-order",
      version: 1,
      key: "1",
      status: "compensated",
      input: order,
      failure: { step: "payment", code: "cardRefused" },
      unresolved: [],
      acts: [],
      children: [],
    });
    expect(summary.steps.map(({ name, instances }) => [name, instances[0]?.status])).toEqual([
      ["order", "compensated"],
      ["consumer", "succeeded"],
      ["ticket", "compensated"],
      ["payment", "failed"],
      ["approval", "skipped"],
      ["approved", "skipped"],
      ["announce", "skipped"],
    ]);
    expect(summary.steps[2]).toMatchObject({
      operation: "restaurant.createTicket",
      service: "restaurant",
      instances: [
        {
          path: "ticket",
          index: 0,
          request: order,
          reply: { ticketId: 200 },
          attempts: [{ attempt: 1, messageId: `${id}/ticket/do/1`, outcome: "succeeded" }],
          updates: [],
          compensation: {
            operation: "restaurant.rejectTicket",
            status: "succeeded",
            request: { orderId: 1 },
            attempts: [{ messageId: `${id}/ticket/undo/1`, outcome: "succeeded" }],
          },
        },
      ],
    });
    expect(Date.parse(summary.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(summary.startedAt));
  });

  test("acts in the worker's process, and the worker goes on at once", async () => {
    const { runner, inside } = await scene(from, { approveTicket: { refuse: "no" } });
    const { id } = await runner.run(createOrder, order);
    expect((await runner.handle(id).result()).status).toBe("needs-attention");
    expect(await inside.act(id, { action: "cancel", ...who })).toEqual({
      id,
      status: "needs-attention",
      refused: "step 'payment', the pivot, has been passed",
    });
    const skipped = await inside.act(id, { action: "skip", step: "approval", data: null, ...who });
    expect(skipped).toEqual({ id, status: expect.stringMatching(/^(running|completed)$/) });
    expect((await runner.handle(id).result()).status).toBe("completed");
    const { acts } = await inside.summary(id);
    expect(acts).toMatchObject([
      { action: "cancel", by: "ada", why: "a test", refused: "step 'payment', the pivot, has been passed" },
      { action: "skip", step: "approval", by: "ada" },
    ]);
  });

  test("acts from a process of its own, and a worker finds it", async () => {
    const { runner, outside, answers, services } = await scene(from, { approveTicket: { refuse: "no" } });
    const { id } = await runner.run(createOrder, order);
    await runner.handle(id).result();
    answers.approveTicket = { ok: null };
    expect(await outside.act(id, { action: "retry", step: "approval", ...who })).toEqual({ id, status: "running" });
    await vi.waitFor(async () => expect((await outside.get(id))?.status).toBe("completed"), 15_000);
    const commands = services.flatMap((service) => service.commands);
    expect(commands.filter(({ name }) => name === "approveTicket")).toHaveLength(2);
  }, 20_000);

  test("starts a saga that a worker finds, once for a key", async () => {
    const { outside } = await scene(from);
    const started = await outside.start("create-order", order, keyed(1));
    expect(started).toMatchObject({ type: "create-order", version: 1, key: "1", status: "running" });
    expect((await outside.start("create-order", order, keyed(1))).id).toBe(started.id);
    await vi.waitFor(async () => expect((await outside.get(started.id))?.status).toBe("completed"), 15_000);
    await expect(outside.start("create-order", { orderId: "one" })).rejects.toThrow("[invalid-message]");
    await expect(outside.start("another", {})).rejects.toThrow("registered are create-order");
  }, 20_000);

  test("acts on all that match, and says who refused", async () => {
    const { runner, inside, answers } = await scene(from);
    await (await runner.run(createOrder, order)).result();
    answers.verify = { silence: true };
    for (let count = 0; count < 5; count++) await runner.run(createOrder, order);
    const all = await inside.actOnAll({ type: "create-order" }, { action: "cancel-without-compensation", ...who });
    expect(all).toMatchObject({ applied: 5, refused: [{ reason: "the saga is completed already" }] });
    expect((await inside.list({ status: "cancelled" })).sagas).toHaveLength(5);
  });

  test("stops at the limit, and goes on from there", async () => {
    const { runner, inside } = await scene(from, { verify: { silence: true } });
    for (let count = 0; count < 5; count++) await runner.run(createOrder, order);
    const some = await inside.actOnAll({}, { action: "pause", ...who }, { limit: 2 });
    expect(some).toMatchObject({ applied: 2, next: expect.any(String) });
    const rest = await inside.actOnAll({ ...(some.next && { after: some.next }) }, { action: "pause", ...who });
    expect(rest).toEqual({ applied: 3, refused: [] });
  });

  test("patches only what was seen, and only with an input that fits", async () => {
    const { runner, inside } = await scene(from, { createTicket: { silence: true } });
    const { id } = await runner.run(createOrder, order);
    await vi.waitFor(async () => expect((await inside.get(id))?.cursor).toEqual(["ticket"]));
    const { seq } = await inside.summary(id);
    const patch = { action: "patch", data: { input: { ...order, price: 30 } }, ...who } as const;
    const moved = await inside.act(id, { ...patch, expectedSeq: seq - 1 });
    expect(moved.refused).toBe(`the saga has moved on, from line ${seq - 1} of its history to line ${seq}`);
    expect((await inside.act(id, { ...patch, expectedSeq: seq })).refused).toBeUndefined();
    expect((await inside.summary(id)).input).toEqual({ ...order, price: 30 });
    const broken = { ...patch, data: { input: { orderId: "one" } } };
    await expect(inside.act(id, broken)).rejects.toThrow("[invalid-message]");
  });

  test("checks definitions against the sagas under way", async () => {
    const { open, runner } = await scene(from, { verify: { silence: true } });
    const { id } = await runner.run(createOrder, order);
    const changed = saga("create-order", { version: 1, input: OrderSchema }).step("other", { run: () => {} });
    const found = await createSagaAdmin({ store: open.store, sagas: [changed] }).check();
    expect(found).toMatchObject([{ code: "definition-changed", saga: "create-order v1", sagaIds: [id] }]);
    expect(await createSagaAdmin({ store: open.store }).check()).toMatchObject([{ code: "unregistered" }]);
    const narrowed = withConsumerSchema({ type: "object", required: ["consumerId", "country"] });
    expect(narrowed.hash).toBe(createOrder.hash);
    expect(await createSagaAdmin({ store: open.store, sagas: [narrowed] }).check()).toMatchObject([
      { code: "payload-misfit", saga: "create-order v1", step: "consumer", sagaIds: [id] },
      { code: "no-compensation" },
    ]);
    expect(await createSagaAdmin({ store: open.store, sagas: [createOrder] }).check()).toMatchObject([
      { code: "no-compensation", severity: "warning", step: "consumer" },
    ]);
    await expect(createSagaAdmin({ store: open.store }).act(id, { action: "pause", ...who })).rejects.toThrow(
      "[unknown-saga] saga create-order v1: not registered here",
    );
  });

  test("purges what has finished long ago, and says that it is unknown", async () => {
    const { runner, inside } = await scene(from);
    const { id } = await runner.run(createOrder, order);
    await runner.handle(id).result();
    expect(await inside.purge("1h")).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await inside.purge(0)).toBe(1);
    await expect(inside.summary(id)).rejects.toThrow("[unknown-saga]");
  });
});
