// Workers of several versions on one store and one queue of replies: what is told to a saga reaches one that has it.

import { type SagaStore, saga } from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { createPglitePool } from "../../support/postgres.js";
import { accounting, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { settled, useWorld, type World } from "../../support/saga/world.js";

const stores: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
// Hooks run in reverse: workers go before their stores.
const create = useWorld();

const v1 = saga("order", { version: 1, input: OrderSchema }).step("ticket", {
  call: restaurant.createTicket,
  with: ({ input }) => input,
  timeout: "1h",
});
const v2 = saga("order", { version: 2, input: OrderSchema })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1h" })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: input.price }),
    timeout: "1h",
  });

/** A worker with the first version, and none for any other. */
async function world(store?: SagaStore & SagaAdmin) {
  const it = await create({ sagas: [v1], ...(store && { runner: { store } }) });
  return { ...it, store: store ?? it.store };
}

const statusIn = async (store: SagaAdmin, id: string) => (await store.get(id))?.status;

describe("a reply to a saga that this worker does not know", () => {
  it.each([
    ["memory", async () => undefined],
    ["SQLite", async () => createSqliteStore({ path: ":memory:" })],
    [
      "PostgreSQL (PGlite)",
      async () => {
        const { pool, close } = await createPglitePool();
        stores.push({ close });
        return createPostgresStore({ pool, migrate: true });
      },
    ],
  ])("is stored, acknowledged, and left to a worker that does, in %s", async (_, create) => {
    const store = await create();
    if (store) stores.unshift(store);
    const it = await world(store);
    it.answers.createTicket = { silence: true };
    const handle = await it.sagas.run(v1, order);
    await settled(it, () => it.restaurant.commands.length === 1);
    await it.sagas.close();

    const young = await it.addRunner({ sagas: [v2] });
    const command = it.restaurant.commands[0];
    if (!command) throw new Error("no command");
    await it.restaurant.answer(command.message, "ticketCreated", { ticketId: 200 });
    await settled(it, () => it.transport.queues().every(({ waiting }) => waiting === 0));
    await it.clock.advance(1_000);
    expect(await statusIn(it.store, handle.id)).toBe("running");
    expect(it.transport.deadLetters()).toEqual([]);
    await young.close();
    expect(it.transport.queues().filter(({ waiting }) => waiting > 0)).toEqual([]);

    await it.addRunner({ sagas: [v1] });
    await settled(it, async () => (await statusIn(it.store, handle.id)) === "completed");
    await it.clock.advance(2_000);
    const { unsent } = await it.store.pending([v1], 10, 0);
    expect(unsent).toEqual([]);
  });

  it("costs two versions at work at once a second at most", async () => {
    const it = await world();
    const young = await it.addRunner({ sagas: [v2] });
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) {
      ids.push((await it.sagas.run(v1, order)).id, (await young.run(v2, order)).id);
    }
    await it.clock.advance(3_000);
    const statuses = await Promise.all(ids.map((id) => statusIn(it.store, id)));
    expect(new Set(statuses)).toEqual(new Set(["completed"]));
  });
});

describe("an event that cannot be decided", () => {
  it("is stored in the history, and its saga needs attention", async () => {
    const waiting = saga("waiting", { version: 1, input: OrderSchema })
      .step("pause", { sleep: "1h" })
      .step("approved", {
        wait: orderEvents.orderApproved,
        key: ({ input }) => input.orderId,
        match: (event) => event.orderId,
        deadline: "1h",
      });
    const it = await create({ sagas: [waiting] });
    const handle = await it.sagas.run(waiting, order);
    await it.clock.advance(100);
    await it.sagas.close();
    await damage(it, handle.id);
    await it.addRunner();
    await it.transport.send([
      {
        id: "event-1",
        type: "orderApproved",
        body: Buffer.from(JSON.stringify({ orderId: order.orderId })),
        contentType: "application/json",
        headers: {},
        sentAt: it.clock.now(),
        to: { address: "order.events", service: "order", action: "send" },
      },
    ]);
    // Long enough for it to be offered again.
    await it.clock.advance(60_000);
    expect(await statusIn(it.store, handle.id)).toBe("needs-attention");
    const stored = (await it.store.history(handle.id)).filter(({ kind }) => kind === "event-failed");
    expect(stored).toMatchObject([{ data: { event: { type: "message", id: "event-1", payload: { orderId: 1 } } } }]);
    expect(it.transport.deadLetters()).toEqual([]);
    expect(it.transport.queues().filter(({ waiting }) => waiting > 0)).toEqual([]);
  });
});

/** What no decision makes, and none can go on from: the events that the saga keeps for later are no list. */
async function damage({ store }: World, id: string): Promise<void> {
  const row = await store.get(id);
  if (!row) throw new Error(`no saga ${id}`);
  const state = { ...(row.state as object), kept: 5 };
  const after = { ...row, state, revision: row.revision + 1, token: "damaged" };
  const commit = { row: after, expected: row.revision, records: [], open: [], closed: [], keys: [] };
  expect(await store.commit([commit])).toEqual(["done"]);
}
