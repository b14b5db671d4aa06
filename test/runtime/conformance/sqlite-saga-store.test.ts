import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createSqliteStore, type SqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../support/root.js";
import { describeWithDrivers, type SqliteDriver } from "../../support/sqlite-drivers.js";
import { newDefinition, newRow, next, record, sendEffect, start } from "./saga-fixtures.js";
import { sagaStoreSuite } from "./saga-store.js";

describeWithDrivers((driver) => {
  sagaStoreSuite("SQLite", async () => {
    const store = createSqliteStore({ database: driver.open(":memory:") });
    return { store, other: store, transactsAsync: false, close: () => store.close() };
  });

  sagaStoreSuite("SQLite file", async () => {
    const inside = mkdtempSync(join(tmpdir(), "sagaspec-sqlite-"));
    const store = createSqliteStore({ database: driver.open(join(inside, "sagas.db")) });
    const close = async () => {
      await store.close();
      rmSync(inside, { recursive: true });
    };
    return { store, other: store, transactsAsync: false, close };
  });

  describe("an SQLite file", () => fileSuite(driver));
});

function fileSuite(driver: SqliteDriver): void {
  let folder: string;
  let path: string;
  const stores: SqliteStore[] = [];
  const open = (options: Partial<Parameters<typeof createSqliteStore>[0]> = {}) => {
    const database = options.database ?? driver.open(path);
    try {
      const store = createSqliteStore({ database, ...options });
      stores.push(store);
      return store;
    } catch (error) {
      if (!options.database) database.close();
      throw error;
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sagaspec-sqlite-"));
    path = join(folder, "sagas.db");
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps everything, and its name, when it is closed and opened again", async () => {
    const definition = newDefinition();
    const row = newRow(definition, { key: "k", dueAt: 1 });
    const before = open();
    const keys = [{ channel: "c", key: "1", on: true }];
    await before.commit([start(row, { open: [sendEffect(row)], keys })], {
      events: [{ channel: "c", key: "1", id: "e", name: "ready", payload: {}, at: 1 }],
    });
    await before.close();
    const after = open();
    expect(after.name).toBe(before.name);
    const found = await after.pending([definition], 10, 0);
    expect(found).toMatchObject({ due: [row], unsent: [{ effect: sendEffect(row) }], events: [{ id: "e" }] });
    expect(await after.history(row.id)).toHaveLength(1);
  });

  it("belongs to one store at a time, which the second one is told", async () => {
    const first = open();
    expect(() => open()).toThrow(/\[store-unavailable\] .*sagas\.db: another process or store has it open/);
    await first.close();
    expect(open().name).toBe(first.name);
  });

  it("belongs to one process at a time, which the second one is told", async () => {
    const first = open();
    const attempt = `import { createSqliteStore } from "@sagaspec/runtime/sqlite"; createSqliteStore({ path: process.argv[1] });`;
    const args = ["--conditions=@sagaspec/source", "--import", "tsx", "--input-type=module", "--eval", attempt, path];
    const cwd = root;
    const second = promisify(execFile)(process.execPath, args, { cwd });
    await expect(second).rejects.toThrow(/\[store-unavailable\] .*another process or store has it open/);
    await first.close();
    await promisify(execFile)(process.execPath, args, { cwd });
  });

  it("can be read by others while a store has it", async () => {
    const row = newRow(newDefinition());
    await open().commit([start(row)]);
    const reader = driver.open(path);
    expect(reader.prepare("select count(*) as n from sagaspec_saga").get()).toMatchObject({ n: 1 });
    reader.close();
  });

  it("takes an open database, and shares it", async () => {
    const database = driver.open(path);
    database.exec("create table seat (saga text) strict");
    const store = open({ database });
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    const insert = database.prepare("insert into seat values (?)");
    const take = () => {
      insert.run(row.id);
      return next(row);
    };
    expect(await store.transact({ id: row.id, expected: 1 }, take)).toBe("done");
    expect(database.prepare("select saga from seat").all()).toMatchObject([{ saga: row.id }]);
    const fail = () => {
      insert.run("nobody");
      throw new Error("no seat left");
    };
    await expect(store.transact({ id: row.id, expected: 2 }, fail)).rejects.toThrow("no seat left");
    expect(database.prepare("select saga from seat").all()).toMatchObject([{ saga: row.id }]);
  });

  it("stores the other 255 when the database refuses one of 256", async () => {
    const store = open();
    const rows = Array.from({ length: 256 }, () => newRow(newDefinition()));
    const verdicts = await store.commit(
      rows.map((row, index) => start(index === 7 ? { ...row, startedAt: 1.5 } : row)),
    );
    expect(verdicts.filter((verdict) => verdict === "done")).toHaveLength(255);
    expect(verdicts[7]).toMatchObject({ code: "invalid-usage" });
    expect(await store.load([{ id: rows[7]?.id ?? "" }])).toEqual([[]]);
  });

  it("hides what people wrote behind a codec", async () => {
    const codec = {
      encode: (text: string) => Buffer.from(text).toString("base64"),
      decode: (stored: string) => Buffer.from(stored, "base64").toString(),
    };
    const store = open({ codec });
    const definition = newDefinition();
    const row = newRow(definition, { state: { card: "4111" } });
    await store.commit([start(row, { open: [sendEffect(row)] })]);
    expect(await store.get(row.id)).toEqual(row);
    expect((await store.pending([definition], 1, 0)).unsent[0]?.effect).toEqual(sendEffect(row));
    expect(await store.history(row.id)).toEqual([record(row, 1, "started")]);
    const raw = store.database.prepare("select state from sagaspec_saga").get() as { state: string };
    expect(raw.state).not.toContain("4111");
  });

  it("waits for the lock of another program without blocking the process", async () => {
    const store = open();
    const other = driver.open(path);
    other.exec("begin immediate");
    const row = newRow(newDefinition());
    const committing = store.commit([start(row)]);
    let turns = 0;
    const counting = setInterval(() => turns++, 5);
    await sleep(300);
    expect(turns).toBeGreaterThan(5);
    other.exec("rollback");
    expect(await committing).toEqual(["done"]);
    clearInterval(counting);
    other.close();
  });

  it("refuses an option that it does not know, with the nearest name", () => {
    const options = { path: ":memory:", synchronus: "full" } as { path: string };
    expect(() => createSqliteStore(options)).toThrow(
      /\[invalid-usage\].*'synchronus' \(did you mean 'synchronous'\?\)/,
    );
  });

  it("refuses a file that a newer version has written", async () => {
    const store = open();
    store.database.exec("update sagaspec_store set schema_version = 99");
    await store.close();
    expect(() => open()).toThrow(/its tables are of version 99/);
  });

  it("refuses to write after it was closed", async () => {
    const store = open();
    await store.close();
    await expect(store.commit([start(newRow(newDefinition()))])).rejects.toMatchObject({ code: "store-unavailable" });
  });
}
