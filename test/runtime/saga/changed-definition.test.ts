// Steps that change under one version leave running sagas behind: a worker says so, at its start and as long as it lasts.
import { type SagaStore, saga } from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, expect, test } from "vitest";
import { createPglitePool } from "../../support/postgres.js";
import { OrderSchema } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { createWorld, settled } from "../../support/saga/world.js";

const before = saga("delivery", { version: 3, input: OrderSchema }).step("pause", { sleep: "1h" });
const after = saga("delivery", { version: 3, input: OrderSchema }).step("rest", { sleep: "1h" });
const quick = saga("quick", { version: 1, input: OrderSchema }).step("nothing", { run: () => ({}) });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test.each([
  ["memory", async (): Promise<SagaStore & SagaAdmin> => createMemoryStore()],
  ["SQLite", async () => createSqliteStore({ path: ":memory:" })],
  [
    "PostgreSQL (PGlite)",
    async () => {
      const { pool, close } = await createPglitePool();
      closing.push(close);
      return createPostgresStore({ pool, migrate: true });
    },
  ],
])("in %s", async (_, open) => {
  const store = await open();
  const it = await createWorld({ sagas: [before, quick], runner: { store } });
  closing.push(() => it.close());
  for (let n = 0; n < 3; n++) await it.sagas.run(before, order);
  await it.sagas.run(quick, order);
  await settled(it, async () => (await store.list({ status: "completed" })).sagas.length === 1);
  await it.sagas.close();

  await it.addRunner({ sagas: [after, quick] });
  const said = () => it.problems.map(String).filter((text) => text.includes("definition-changed"));
  await settled(it, () => said().length > 0);
  expect(said()).toHaveLength(1);
  expect(said()[0]).toMatch(
    /^SagaspecError: \[definition-changed\] saga delivery v3: 3 under way began with other steps/,
  );
  expect(said()[0]).toContain(before.hash);
  expect(said()[0]).toContain(after.hash);
  // Again after a minute, then after two, four, eight.
  for (let minute = 0; minute < 14; minute++) {
    await it.clock.advance(60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(said().length).toBeGreaterThanOrEqual(3);
  expect(said().length).toBeLessThanOrEqual(5);
});
