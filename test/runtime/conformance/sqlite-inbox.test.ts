import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { describe, expect, it } from "vitest";
import { describeWithDrivers } from "../../support/sqlite-drivers.js";
import { inboxConformance, movableClock } from "./inbox.js";
import { newDefinition, newRow, start } from "./saga-fixtures.js";

describeWithDrivers((driver) => {
  inboxConformance("SQLite", async () => {
    const clock = movableClock();
    const store = createSqliteStore({ database: driver.open(":memory:"), clock });
    return { inbox: store.inbox, pass: async (ms) => clock.move(ms), cleanUp: () => store.close() };
  });
});

describe("the inbox of an SQLite store", () => {
  const claim = { messageId: "m1", operation: "restaurant.createTicket", key: "1", fingerprint: "f" };
  const reply = { name: "restaurant.createTicket/ticketCreated", payload: { ticketId: 1 } };

  it("survives a restart, with the replies that were not sent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sagaspec-inbox-"));
    const path = join(folder, "participant.db");
    const before = createSqliteStore({ path });
    const [claimed] = await before.inbox.claim([claim], 60_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    await before.inbox.finish([{ token, reply }]);
    await before.close();
    const after = createSqliteStore({ path });
    expect(await after.inbox.claim([claim], 60_000)).toEqual([{ state: "done", reply }]);
    expect(await after.inbox.unsent(["restaurant.createTicket"], 0, 10)).toEqual([{ token, reply }]);
    await after.close();
    rmSync(folder, { recursive: true });
  });

  it("forgets what is older than its retention, and nothing that is being executed", async () => {
    const clock = movableClock();
    const { inbox, close } = createSqliteStore({ path: ":memory:", clock });
    const other = { ...claim, messageId: "m2", key: "2" };
    const [claimed] = await inbox.claim([claim, other], 10_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    await inbox.finish([{ token, reply }]);
    clock.move(5_000);
    expect(await inbox.purge(clock.now(), 10)).toBe(1);
    expect(await inbox.claim([claim, other], 10_000)).toMatchObject([{ state: "claimed" }, { state: "executing" }]);
    await close();
  });

  it("shares one commit with the sagas of its file", async () => {
    const store = createSqliteStore({ path: ":memory:" });
    let commits = 0;
    const { exec } = store.database;
    store.database.exec = (sql) => {
      if (sql === "commit") commits += 1;
      return exec.call(store.database, sql);
    };
    await Promise.all([
      store.inbox.claim([claim], 60_000),
      store.commit([start(newRow(newDefinition()))]),
      store.commit([start(newRow(newDefinition()))]),
    ]);
    expect(commits).toBe(1);
    await store.close();
  });

  it("finishes inside the participant's own transaction, and falls back with it", async () => {
    const store = createSqliteStore({ path: ":memory:" });
    const { database, inbox } = store;
    const [claimed] = await inbox.claim([claim], 60_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    database.exec("begin immediate");
    const verdicts = inbox.finish([{ token, reply }], database);
    database.exec("rollback");
    expect(await verdicts).toEqual(["done"]);
    expect(await inbox.claim([claim], 60_000)).toMatchObject([{ state: "executing" }]);
    await expect(inbox.finish([{ token, reply }], {})).rejects.toMatchObject({ code: "invalid-usage" });
    await store.close();
  });
});
