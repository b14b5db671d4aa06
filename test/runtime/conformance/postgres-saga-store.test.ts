import { setTimeout as sleep } from "node:timers/promises";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, postgresMissing, type TestDatabase } from "../../support/postgres.js";
import { newDefinition, newRow, next, sendEffect, start } from "./saga-fixtures.js";
import { sagaStoreSuite } from "./saga-store.js";

const missing = await postgresMissing();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)("PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  sagaStoreSuite("PostgreSQL", async () => {
    const open = () => createPostgresStore({ pool: database.pool(), schema: "suite", migrate: true });
    const [store, other] = [open(), open()];
    const close = async () => {
      await store.close();
      await other.close();
    };
    return { store, other, transactsAsync: true, close };
  });

  it("says what to do when the tables are missing", async () => {
    const store = createPostgresStore({ pool: database.pool(), schema: "nothing_here" });
    await expect(store.get("x")).rejects.toThrow(
      /\[store-unavailable\] .*nothing_here.*no tables.*sagaspec store migrate/,
    );
    expect(await store.migrate()).toEqual(["001-sagas-and-inbox", "002-lists", "003-outbox"]);
    expect(await store.migrate()).toEqual([]);
    expect(await store.get("x")).toBeUndefined();
  });

  it("refuses tables that a newer version has made, also when it may migrate", async () => {
    const pool = database.pool();
    await createPostgresStore({ pool, schema: "future" }).migrate();
    await pool.query("insert into future.migration values (99, 'not yet written', 0)");
    for (const migrate of [true, false]) {
      const store = createPostgresStore({ pool, schema: "future", migrate });
      await expect(store.get("x")).rejects.toThrow(/\[store-unavailable\] .*version 99, this runtime knows/);
    }
  });

  it("leaves tables that a worker of version 0.1 starts with", async () => {
    const pool = database.pool();
    await createPostgresStore({ pool, schema: "shared" }).migrate();
    // What it looks at.
    const { rows } = await pool.query("select max(number) as version from shared.migration");
    expect(rows).toEqual([{ version: 1 }]);
  });

  it("keeps connections for commits while transactions hold all that they may have", async () => {
    const store = createPostgresStore({ pool: database.pool(4), schema: "suite", migrate: true });
    expect(store.maxTransactions).toBe(2);
    const rows = Array.from({ length: 6 }, () => newRow(newDefinition()));
    await store.commit(rows.map((row) => start(row)));
    const open: (() => void)[] = [];
    const running = rows.map((row) =>
      store.transact({ id: row.id, expected: 1 }, async () => {
        await new Promise<void>((resolve) => open.push(resolve));
        return next(row);
      }),
    );
    while (open.length < 2) await sleep(5);
    // Each would wait for ever if the pool were empty.
    const fresh = newRow(newDefinition());
    expect(await store.commit([start(fresh)])).toEqual(["done"]);
    expect(open.length).toBe(2);
    for (let ended = 0; ended < rows.length; ended++) {
      while (open.length === 0) await sleep(5);
      open.shift()?.();
    }
    expect(await Promise.all(running)).toEqual(rows.map(() => "done"));
  });

  it("lets many workers migrate at the same time", async () => {
    const stores = Array.from({ length: 6 }, () =>
      createPostgresStore({ pool: database.pool(2), schema: "crowd", migrate: true }),
    );
    const answers = await Promise.all(stores.map((store) => store.load([{ id: "x" }])));
    expect(answers).toEqual(stores.map(() => [[]]));
  });

  it("refuses a schema name that needs quotes", () => {
    expect(() => createPostgresStore({ pool: database.pool(), schema: "a; drop" })).toThrow(/\[invalid-usage\]/);
  });

  it("stores the other 255 when the database refuses one of 256", async () => {
    const store = createPostgresStore({ pool: database.pool(), schema: "suite", migrate: true });
    const rows = Array.from({ length: 256 }, () => newRow(newDefinition()));
    const verdicts = await store.commit(
      rows.map((row, index) => {
        if (index === 7) return start({ ...row, startedAt: 1.5 });
        if (index === 70) return start({ ...row, key: "nul \u0000 in a key" });
        return start(row);
      }),
    );
    expect(verdicts.filter((verdict) => verdict === "done")).toHaveLength(254);
    expect(verdicts[7]).toMatchObject({ code: "invalid-usage" });
    expect(verdicts[70]).toMatchObject({ code: "invalid-usage" });
  });

  it("lets no batch wait for a saga that a run's transaction holds", async () => {
    const open = () => createPostgresStore({ pool: database.pool(), schema: "suite", migrate: true });
    const [store, other] = [open(), open()];
    const [held, free] = [newRow(newDefinition()), newRow(newDefinition())];
    await store.commit([start(held), start(free)]);
    const running = store.transact({ id: held.id, expected: 1 }, async () => {
      expect(await other.commit([next(held), next(free)])).toEqual(["conflict", "done"]);
      return next(held);
    });
    expect(await running).toBe("done");
  });

  it("rolls back what a run did in the transaction when it throws, and keeps it when it does not", async () => {
    const pool = database.pool();
    const store = createPostgresStore({ pool, schema: "suite", migrate: true });
    await pool.query("create table seat (saga text)");
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    const insert = async (tx: unknown) => {
      await (tx as typeof pool).query("insert into seat values ($1)", [row.id]);
    };
    const failing = store.transact({ id: row.id, expected: 1 }, async (tx) => {
      await insert(tx);
      throw new Error("no seat left");
    });
    await expect(failing).rejects.toThrow("no seat left");
    expect((await pool.query("select * from seat")).rows).toEqual([]);
    const taking = store.transact({ id: row.id, expected: 1 }, async (tx) => {
      await insert(tx);
      return next(row);
    });
    expect(await taking).toBe("done");
    expect((await pool.query("select * from seat")).rows).toEqual([{ saga: row.id }]);
  });

  it("hides what people wrote behind a codec", async () => {
    const codec = {
      encode: (text: string) => Buffer.from(text).toString("base64"),
      decode: (stored: string) => Buffer.from(stored, "base64").toString(),
    };
    const pool = database.pool();
    const store = createPostgresStore({ pool, schema: "secret", migrate: true, codec });
    const definition = newDefinition();
    const row = newRow(definition, { state: { card: "4111" } });
    await store.commit([start(row, { open: [sendEffect(row)] })]);
    expect(await store.get(row.id)).toEqual(row);
    expect((await store.pending([definition], 1, 0)).unsent[0]?.effect).toEqual(sendEffect(row));
    const { rows } = await pool.query("select state from secret.saga");
    expect(rows[0].state).not.toContain("4111");
  });

  it("refuses the saga whose codec makes text that a batch cannot carry, and no other", async () => {
    const codec = { encode: (text: string) => text.replace("4111", "\x1e"), decode: (stored: string) => stored };
    const store = createPostgresStore({ pool: database.pool(), schema: "order", migrate: true, codec });
    const definition = newDefinition();
    const [good, bad] = [newRow(definition), newRow(definition, { state: { card: "4111" } })];
    const [done, refused] = await store.commit([start(good), start(bad)]);
    expect(done).toBe("done");
    expect(String(refused)).toContain("invalid-usage");
    expect(String(refused)).toContain("base64");
  });
});
