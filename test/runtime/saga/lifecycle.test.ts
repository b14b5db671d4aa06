import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SagaStore, saga, subscribe } from "@sagaspec/runtime";
import { createSagaAdmin, sagasEvents } from "@sagaspec/runtime/admin";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, expect, test } from "vitest";
import { root } from "../../support/root.js";
import { OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { createWorld, type WorldOptions } from "../../support/saga/world.js";

interface Told {
  readonly id: string;
  readonly name: string;
  readonly payload: { readonly seq: number; readonly status: string };
}

const closers: (() => Promise<void>)[] = [];
async function world(options?: WorldOptions) {
  const one = await createWorld({ ...options, runner: { lifecycle: { publish: true }, ...options?.runner } });
  const told: Told[] = [];
  const hear = (name: string) => (payload: Told["payload"], context: { readonly messageId: string }) => {
    told.push({ id: context.messageId, name, payload });
  };
  const lifecycle = Object.fromEntries(Object.keys(sagasEvents.lifecycle).map((name) => [name, hear(name)])) as never;
  const listener = await subscribe(sagasEvents, { lifecycle }, one.transport, { group: null, clock: one.clock });
  closers.push(one.close, () => listener.close());
  return { ...one, told };
}
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test("is told by name, in the order of the history, under ids that stay the same", async () => {
  const { sagas, clock, told, store } = await world({ answers: { authorizeCard: { refuse: "cardRefused" } } });
  const { id } = await sagas.run(createOrder, order, { key: "1" });
  await clock.advance(100);
  expect(told.map(({ name }) => name)).toEqual([
    "sagaStarted",
    "stepSucceeded",
    "stepSucceeded",
    "stepFailed",
    "sagaCompensating",
    "stepCompensated",
    "stepCompensated",
    "sagaCompensated",
  ]);
  expect(told.map((one) => one.id)).toEqual(told.map(({ payload }) => `${id}/~lifecycle/do/${payload.seq}`));
  expect(told[3]?.payload).toMatchObject({
    sagaId: id,
    type: "create-order",
    version: 1,
    key: "1",
    step: "payment",
    failure: { code: "cardRefused" },
  });
  await clock.advance(10_000);
  expect((await store.pending([createOrder], 100, 0)).unsent).toEqual([]);
});

test("a step and a saga that take longer than their warnAfter are told of", async () => {
  const slow = saga("slow", { version: 1, input: OrderSchema, warnAfter: "3s" }).step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    timeout: "10s",
    warnAfter: "2s",
    compensate: false,
  });
  const it = await world({ sagas: [slow], answers: { createTicket: { silence: true } } });
  await it.sagas.run(slow, order);
  await it.clock.advance(4_000);
  expect(it.told.map(({ name, payload }) => [name, payload])).toMatchObject([
    ["sagaStarted", {}],
    ["sagaDelayed", { type: "slow", step: "ticket", status: "running" }],
    ["sagaDelayed", { type: "slow", status: "running" }],
  ]);
});

test("needs attention, and acts of people, are told as well", async () => {
  const { sagas, clock, told } = await world({ answers: { approveTicket: { refuse: "no" } } });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(100);
  expect(told.at(-1)).toMatchObject({ name: "sagaNeedsAttention", payload: { status: "needs-attention" } });
  await sagas.operate(id, { action: "skip", step: "approval", by: "ada", why: "by telephone" });
  await clock.advance(100);
  expect(told.find(({ name }) => name === "operatorActed")?.payload).toMatchObject({
    action: "skip",
    step: "approval",
    by: "ada",
    why: "by telephone",
  });
  expect(told.at(-1)?.name).toBe("sagaCompleted");
});

test("an act of another process is told by the worker that finds it", async () => {
  const { sagas, clock, told, store } = await world({ answers: { verify: { silence: true } } });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(10);
  const admin = createSagaAdmin({ store, sagas: [createOrder], lifecycle: { publish: true } });
  await admin.act(id, { action: "pause", by: "ada", why: "wait" });
  await admin.act(id, { action: "resume", by: "ada", why: "enough" });
  await clock.advance(8_000);
  expect(told.filter(({ name }) => name === "operatorActed")).toHaveLength(2);
});

test("is committed with the transition, and sent by another worker when this one dies before", async () => {
  const deaf = createMemoryTransport();
  const { store, clock, told, addRunner } = await world();
  const commits: string[] = [];
  const watched: SagaStore = {
    ...store,
    async commit(batch, also) {
      for (const { open } of batch) for (const { id } of open) if (id.includes("~lifecycle")) commits.push(id);
      return store.commit(batch, also);
    },
  };
  const dying = await addRunner({ store: watched, transport: { ...broken(deaf) } });
  await dying.run(createOrder, order);
  await dying.close();
  await clock.advance(10_000);
  expect(commits).not.toEqual([]);
  expect(told.map(({ id }) => id)).toEqual(expect.arrayContaining(commits));
  await deaf.close();
});

/** Takes everything, and sends nothing. */
function broken(transport: ReturnType<typeof createMemoryTransport>) {
  return {
    traits: { ...transport.traits, durable: true },
    prepare: transport.prepare.bind(transport),
    subscribe: transport.subscribe.bind(transport),
    close: transport.close.bind(transport),
    send: async () => Promise.reject(new Error("the worker is dead")),
  };
}

test("is off unless it is asked for", async () => {
  const { sagas, clock, told } = await world({ runner: { lifecycle: {} } });
  await sagas.run(createOrder, order);
  await clock.advance(100);
  expect(told).toEqual([]);
});

test("the runtime carries the contract that is generated from its document", async () => {
  for (const file of ["contract.ts", "messages.ts", "schemas.ts", "index.ts"]) {
    const generated = await readFile(join(root, "generated/sagas", file), "utf8");
    const carried = await readFile(join(root, "runtime/src/saga/lifecycle/generated", file), "utf8");
    expect(carried, `copy generated/sagas/${file} to runtime/src/saga/lifecycle/generated`).toBe(generated);
  }
});
