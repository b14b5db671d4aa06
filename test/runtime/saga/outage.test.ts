// While replies cannot be received, nothing times out, the store is left in peace, and afterwards everything is made up for.
import type { SagaRow, SagaRunnerOptions, SagaStore, Transport } from "@sagaspec/runtime";
import { saga } from "@sagaspec/runtime";
import { afterEach, expect, test } from "vitest";
import { OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { createWorld, type World } from "../../support/saga/world.js";

const asking = saga("asking", { version: 1, input: OrderSchema })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1s" })
  .step("pause", { sleep: "1h" });
const both = saga("both", { version: 1, input: OrderSchema }).parallel("two", {
  members: (group) =>
    group
      .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1s" })
      .step("nap", { sleep: "3s" })
      .step("later", { dependsOn: ["nap"], sleep: "1h" }),
});

let it: World | undefined;
afterEach(async () => {
  await it?.close();
  it = undefined;
});

/** Counts the rows that a worker reads. */
function counted(store: SagaStore): { store: SagaStore; rows(): number } {
  let rows = 0;
  const count = (some: readonly SagaRow[]) => {
    rows += some.length;
  };
  return {
    rows: () => rows,
    store: {
      ...store,
      async load(refs) {
        const found = await store.load(refs);
        for (const some of found) count(some);
        return found;
      },
      async pending(...asked) {
        const found = await store.pending(...asked);
        count(found.due);
        return found;
      },
    },
  };
}

/** A worker whose connection to the broker is cut and restored: what comes meanwhile is not heard. */
async function world(saga: SagaRunnerOptions["sagas"][number], maxCached: number) {
  it = await createWorld({ sagas: [saga], answers: { createTicket: { silence: true } } });
  await it.sagas.close();
  const inner = it.transport;
  let isUp = true;
  const transport: Transport = {
    traits: inner.traits,
    prepare: (...given) => inner.prepare(...given),
    send: (batch) => inner.send(batch),
    close: () => inner.close(),
    async subscribe(...given) {
      const subscription = await inner.subscribe(...given);
      return {
        address: subscription.address,
        connected: () => isUp && subscription.connected(),
        idleSince: () => subscription.idleSince(),
        stop: () => subscription.stop(),
      };
    },
  };
  const { store, rows } = counted(it.store);
  const sagas = await it.addRunner({ store, transport, maxCached });
  const set = (up: boolean) => {
    isUp = up;
  };
  return { clock: it.clock, sagas, store, rows, set };
}

test("a hundred sagas that are due are read now and then, not four times a second, and time out when it is over", async () => {
  const { clock, sagas, rows, set } = await world(asking, 10);
  const handles = await Promise.all(Array.from({ length: 100 }, () => sagas.run(asking, order)));
  await clock.advance(100);
  set(false);
  await clock.advance(1_000);
  const before = rows();
  await clock.advance(10_000);
  // Ten sweeps find all of them; beside that, each is woken 7 times, ever more rarely.
  expect(rows() - before).toBeLessThanOrEqual(100 * 10 + 100 * 9);
  const during = await Promise.all(handles.map((handle) => handle.status()));
  expect(new Set(during.map(({ status }) => status))).toEqual(new Set(["running"]));
  set(true);
  await clock.advance(3_000);
  const after = await Promise.all(handles.map((handle) => handle.status()));
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set(["compensated"]));
});

test("what is due beside a reply goes on, a few seconds late at most", async () => {
  const { clock, sagas, set, store } = await world(both, 10_000);
  const { id } = await sagas.run(both, order);
  await clock.advance(100);
  set(false);
  await clock.advance(9_000);
  const [[row] = []] = await store.load([{ id }]);
  expect(row?.cursor).toEqual(expect.arrayContaining(["two/later"]));
});
