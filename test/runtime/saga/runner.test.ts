import { createSagaRunner, type SagaRunner, type SagaRunnerOptions } from "@sagaspec/runtime";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { afterEach, expect, test } from "vitest";
import { createOrder, order } from "../../support/saga/create-order.js";
import { type Answer, participant } from "../../support/saga/participants.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Answers {
  readonly [command: string]: Answer;
}

async function world(answers: Answers = {}, options: Partial<SagaRunnerOptions> = {}) {
  const transport = createMemoryTransport();
  const store = createMemoryStore();
  const reply = (name: string): Answer => answers[name] ?? { ok: usual[name] ?? null };
  const consumer = await participant(transport, "consumer", reply);
  const restaurant = await participant(transport, "restaurant", reply);
  const accounting = await participant(transport, "accounting", reply);
  const problems: unknown[] = [];
  const sagas: SagaRunner = createSagaRunner({
    service: "order",
    sagas: [createOrder],
    store,
    transport,
    settleTime: 0,
    onProblem: ({ error }) => problems.push(error),
    ...options,
  });
  await sagas.start();
  open.push(sagas, transport);
  return { transport, store, consumer, restaurant, accounting, sagas, problems };
}

const usual: { readonly [command: string]: { readonly [name: string]: number } } = {
  createTicket: { ticketId: 200 },
  authorizeCard: { transactionId: 100 },
};

test("runs a saga to its end", async () => {
  const { sagas, restaurant, problems } = await world();
  const handle = await sagas.run(createOrder, order);
  const { status, results } = await handle.result({ timeout: "2s" });
  expect(status).toBe("completed");
  expect(results).toMatchObject({
    ticket: { ticketId: 200 },
    payment: { transactionId: 100 },
    approved: { transactionId: 100 },
  });
  expect(restaurant.commands.map(({ name }) => name)).toEqual(["createTicket", "approveTicket"]);
  expect(problems).toEqual([]);
});

test("rejects the ticket when the card is refused", async () => {
  const { sagas, restaurant } = await world({ authorizeCard: { refuse: "cardRefused" } });
  const handle = await sagas.run(createOrder, order);
  const { status, failure } = await handle.result({ timeout: "2s" });
  expect(status).toBe("compensated");
  expect(failure).toMatchObject({ kind: "declared", name: "cardRefused", step: "payment" });
  expect(restaurant.commands.map(({ name }) => name)).toEqual(["createTicket", "rejectTicket"]);
});

test("starts one saga a key", async () => {
  const { sagas, consumer } = await world();
  const [one, two] = await Promise.all([
    sagas.run(createOrder, order, { key: "1" }),
    sagas.run(createOrder, order, { key: "1" }),
  ]);
  expect(two.id).toBe(one.id);
  await one.result({ timeout: "2s" });
  expect((await sagas.run(createOrder, order, { key: "1" })).id).toBe(one.id);
  expect(consumer.commands).toHaveLength(1);
});

test("refuses an input that breaks the schema", async () => {
  const { sagas } = await world();
  await expect(sagas.run(createOrder, { ...order, price: "20" as unknown as number })).rejects.toThrow(
    "[invalid-message] saga 'create-order': its input is \"20\" at /price, which must be number; correct the value",
  );
});

test("runs a thousand sagas at a time", async () => {
  const { sagas, store } = await world();
  const handles = await Promise.all(Array.from({ length: 1_000 }, () => sagas.run(createOrder, order)));
  const ends = await Promise.all(handles.map((handle) => handle.result({ timeout: "10s" })));
  expect(ends.filter(({ status }) => status === "completed")).toHaveLength(1_000);
  expect((await store.list({ status: "running" })).sagas).toEqual([]);
});
