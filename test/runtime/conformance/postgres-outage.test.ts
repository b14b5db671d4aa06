import { setTimeout as sleep } from "node:timers/promises";
import type { SagaRow, SagaStore } from "@sagaspec/runtime";
import { createPostgresStore, type PostgresPool } from "@sagaspec/runtime/postgres";
import type { Commit } from "@sagaspec/runtime/store";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrivatePostgres, type PrivatePostgres, postgresPrograms } from "../../support/private-postgres.js";
import { createTcpProxy } from "../../support/tcp-proxy.js";
import { newDefinition, newRow, next, sendEffect, start } from "./saga-fixtures.js";

const programs = postgresPrograms();
if (!programs) console.warn("skipped: PostgreSQL is not installed on this machine");

describe.skipIf(!programs)("a PostgreSQL saga store whose server fails", () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await createPrivatePostgres(programs ?? "");
  });
  afterAll(() => server.remove());

  /** What a worker does: the same commit until the store answers. */
  async function persist(store: SagaStore, batch: readonly Commit[]) {
    for (;;) {
      try {
        return await store.commit(batch);
      } catch (error) {
        expect(error).toMatchObject({ code: "store-unavailable", retryable: true });
        await sleep(50);
      }
    }
  }

  it("loses nothing and doubles nothing when it is killed under load, three times", { timeout: 120_000 }, async () => {
    const store = createPostgresStore({ pool: server.pool(), schema: "killed", migrate: true });
    const definition = newDefinition();
    let stopping = false;
    const worker = async () => {
      let rows: SagaRow[] = Array.from({ length: 20 }, () => newRow(definition));
      expect(
        await persist(
          store,
          rows.map((row) => start(row)),
        ),
      ).toEqual(rows.map(() => "done"));
      while (!stopping) {
        const batch = rows.map((row) => next(row, {}, { open: [sendEffect(row, row.revision)] }));
        // This worker alone has these sagas: anything but "done" would be a commit that was not recognised.
        expect(await persist(store, batch)).toEqual(rows.map(() => "done"));
        rows = batch.map(({ row }) => row);
      }
      return rows;
    };
    const workers = [worker(), worker(), worker()];
    for (let outage = 0; outage < 3; outage++) {
      await sleep(300);
      await server.kill();
      await sleep(200);
      await server.start();
    }
    await sleep(300);
    stopping = true;
    for (const row of (await Promise.all(workers)).flat()) {
      expect(await store.get(row.id)).toEqual(row);
      const history = await store.history(row.id);
      expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: row.revision }, (_, index) => index + 1));
    }
  });

  /** A pool that does what it is told, and loses the answer to the next statement that `loses` says. */
  function forgetful(loses: (text: string) => boolean): PostgresPool & { lost: number } {
    const pool = server.pool();
    const lossy = {
      lost: 0,
      async connect() {
        const client = await pool.connect();
        return { query: ask((query) => client.query(query)), release: (error?: Error) => client.release(error) };
      },
      query: ask((query) => pool.query(query)),
      on: (event: "error", listener: (error: Error) => void) => pool.on(event, listener),
    };
    function ask(query: PostgresPool["query"]): PostgresPool["query"] {
      return async (asked) => {
        const answer = await query(asked);
        if (lossy.lost > 0 || !loses(asked.text)) return answer;
        lossy.lost += 1;
        throw new Error("Connection terminated unexpectedly");
      };
    }
    return lossy;
  }

  it("recognises a batch that was committed though the answer was lost", async () => {
    const pool = forgetful((text) => text.startsWith("select") && text.includes("commit_sagas("));
    const store = createPostgresStore({ pool, schema: "forgetful", migrate: true });
    const rows = Array.from({ length: 5 }, () => newRow(newDefinition()));
    expect(await store.commit(rows.map((row) => start(row)))).toEqual(rows.map(() => "done"));
    expect(pool.lost).toBe(1);
    expect(await store.history(rows[0]?.id ?? "")).toHaveLength(1);
  });

  it("recognises commands that it has claimed though the answer was lost", async () => {
    const pool = forgetful((text) => text.includes("insert into") && text.includes(".inbox"));
    const { inbox } = createPostgresStore({ pool, schema: "forgetful", migrate: true });
    const commands = ["one", "two"].map((messageId) => ({
      messageId,
      operation: "restaurant.createTicket",
      key: messageId,
      fingerprint: "f",
    }));
    const verdicts = await inbox.claim(commands, 60_000);
    expect(verdicts).toMatchObject([{ state: "claimed" }, { state: "claimed" }]);
    const finishes = verdicts.flatMap((verdict) => (verdict.state === "claimed" ? [{ token: verdict.token }] : []));
    expect(await inbox.finish(finishes)).toEqual(["done", "done"]);
    expect(pool.lost).toBe(1);
  });

  it("recognises a run's transaction that was committed though the answer was lost, and runs it once", async () => {
    const pool = forgetful((text) => text === "commit" && armed);
    let armed = false;
    const store = createPostgresStore({ pool, schema: "forgetful", migrate: true });
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    armed = true;
    let runs = 0;
    const work = () => {
      runs += 1;
      return next(row);
    };
    expect(await store.transact({ id: row.id, expected: 1 }, work)).toBe("done");
    expect([runs, pool.lost]).toEqual([1, 1]);
  });

  it("rejects a run whose connection breaks while it works, and leaves nothing of it", async () => {
    const store = createPostgresStore({ pool: server.pool(), schema: "broken", migrate: true });
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    const broken = store.transact({ id: row.id, expected: 1 }, async () => {
      await server.kill();
      return next(row);
    });
    await expect(broken).rejects.toThrow();
    await server.start();
    expect(await persist(store, [next(row)])).toEqual(["done"]);
  });

  it("asks on another connection where one has no answer in time", async () => {
    const way = await createTcpProxy(new URL(server.url));
    const pool = new pg.Pool({ connectionString: way.url, max: 4 });
    const store = createPostgresStore({ pool, schema: "silent", migrate: true, queryTimeout: 300 });
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    const second = next(row);
    const third = next(second.row);
    way.mute();
    expect(await store.commit([second])).toEqual(["done"]);
    way.mute();
    const run = () => store.transact({ id: row.id, expected: 2 }, () => third);
    await expect(run()).rejects.toMatchObject({ code: "store-unavailable", retryable: true });
    expect(await run()).toBe("done");
    expect(await store.get(row.id)).toEqual(third.row);
    await pool.end();
    await way.close();
  });

  it("leaves a server that may only be read, and goes on where it may write", async () => {
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    const readOnly = async (how: "set default_transaction_read_only = on" | "reset default_transaction_read_only") => {
      await admin.query("set default_transaction_read_only = off");
      await admin.query(`alter database postgres ${how}`);
    };
    const pool = server.pool(1);
    const store = createPostgresStore({ pool, schema: "demoted", migrate: true });
    const row = newRow(newDefinition());
    await store.commit([start(row)]);
    const second = next(row);
    const run = () => store.transact({ id: row.id, expected: 1 }, () => second);

    await readOnly("set default_transaction_read_only = on");
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()");
    await expect(run()).rejects.toMatchObject({ code: "store-unavailable", retryable: true });
    await expect(store.commit([second])).rejects.toMatchObject({ code: "store-unavailable", retryable: true });
    await expect(run()).rejects.toMatchObject({ code: "store-unavailable", retryable: true });
    await readOnly("reset default_transaction_read_only");
    await admin.end();
    expect(await run()).toBe("done");
    expect(await persist(store, [next(second.row)])).toEqual(["done"]);
  });

  it("says that it is down, and that trying again helps", async () => {
    const store = createPostgresStore({ pool: server.pool(), schema: "down", migrate: true });
    await store.migrate();
    await server.kill();
    await expect(store.get("x")).rejects.toMatchObject({ code: "store-unavailable", retryable: true });
    await server.start();
    expect(await store.get("x")).toBeUndefined();
  });
});
