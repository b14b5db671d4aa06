// What a process without workers commits (the command line, an admin beside the service) is carried out by a worker at once,
// and its time does not run out before.
import { createSagaRunner, type SagaRunner, type SagaRunnerOptions, saga } from "@sagaspec/runtime";
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore, type PostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, createPglitePool, postgresMissing, type TestDatabase } from "../../support/postgres.js";
import { accounting, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { type Answer, participant } from "../../support/saga/participants.js";
import { createTcpProxy } from "../../support/tcp-proxy.js";

const quick = saga("quick", { version: 1, input: OrderSchema })
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
    timeout: "1s",
  })
  .step("count", { run: () => ({ n: 1 }), timeout: "1s" });
const lazy = saga("lazy", { version: 1, input: OrderSchema })
  .step("pause", { sleep: "100ms" })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1m" });
const counting = saga("counting", { version: 1, input: OrderSchema }).step("count", {
  run: () => ({ n: 1 }),
  timeout: "1s",
});
const failing = saga("failing", { version: 1, input: OrderSchema })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: input.price }),
    pivot: true,
  })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1s" });
const all = [quick, lazy, counting, failing];

async function until(isSo: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A broker that outlives workers, with services, and any number of workers. */
async function world(answers: { [command: string]: Answer } = {}) {
  const transport = createMemoryTransport();
  closing.push(() => transport.close());
  const reply = (name: string): Answer =>
    answers[name] ?? {
      ok: name === "createTicket" ? { ticketId: 1 } : name === "authorizeCard" ? { transactionId: 1 } : null,
    };
  const services = [
    await participant(transport, "restaurant", reply),
    await participant(transport, "accounting", reply),
  ];
  const problems: string[] = [];
  const worker = async (
    store: SagaRunnerOptions["store"],
    more: Partial<SagaRunnerOptions> = {},
  ): Promise<SagaRunner> => {
    const onProblem: SagaRunnerOptions["onProblem"] = ({ reason }) => problems.push(reason);
    const runner = createSagaRunner({
      service: "order",
      sagas: all,
      store,
      transport,
      settleTime: 0,
      onProblem,
      ...more,
    });
    await runner.start();
    closing.push(() => runner.close());
    return runner;
  };
  const commands = () => services.flatMap((one) => one.commands.map(({ name }) => name));
  return { answers, problems, worker, commands };
}

const missing = await postgresMissing();
describe.skipIf(missing)("on PostgreSQL", () => {
  let database: TestDatabase;
  let schema = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  /** Two processes: each has a pool, and a store, of its own. */
  async function stores(): Promise<[PostgresStore, PostgresStore]> {
    schema += 1;
    const open = () => createPostgresStore({ pool: database.pool(), schema: `s${schema}`, migrate: true });
    const [one, other] = [open(), open()];
    await one.migrate();
    return [one, other];
  }

  it("a saga that is started inside a transaction begins when that commits, and never when it rolls back", async () => {
    const [mine] = await stores();
    const { worker, commands, problems } = await world();
    const runner = await worker(mine);
    const pool = database.pool();
    const tx = await pool.connect();
    const begin = async (key: string, end: "commit" | "rollback") => {
      await tx.query("begin");
      const started = await runner.run(counting, order, { key, tx });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await expect(started.status()).rejects.toMatchObject({ code: "unknown-saga" });
      await tx.query(end);
      return started;
    };
    const gone = await begin("one", "rollback");
    const there = await begin("two", "commit");
    expect(there.isNew).toBe(true);
    expect(await there.result({ timeout: "20s" })).toMatchObject({ status: "completed" });
    await expect(gone.status()).rejects.toMatchObject({ code: "unknown-saga" });
    await tx.query("begin");
    await expect(runner.run(counting, order, { key: "two", tx })).rejects.toMatchObject({ code: "conflict" });
    await tx.query("commit");
    tx.release();
    expect([commands(), problems]).toEqual([[], []]);
  });

  it("a saga that is started beside the workers is carried out at once, and nothing of it times out", async () => {
    const [mine, theirs] = await stores();
    const { worker, commands } = await world();
    await worker(mine);
    await worker(mine);
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    // The connection that listens is up a moment after the start.
    await admin.start("quick", order);
    await until(() => commands().length >= 1);
    const delays: number[] = [];
    for (let n = 2; n <= 6; n++) {
      const since = performance.now();
      await admin.start("quick", order);
      await until(() => commands().length >= n);
      delays.push(performance.now() - since);
    }
    await until(async () => (await admin.list({ status: "completed" })).sagas.length === 6);
    expect(commands()).toEqual(Array.from({ length: 6 }, () => "createTicket"));
    // Without being told, a worker looks once a second.
    expect(Math.min(...delays)).toBeLessThan(250);
  });

  it("a saga that was started while no worker was there has all of its time when one is", async () => {
    const [mine, theirs] = await stores();
    const { worker, commands } = await world();
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    const one = await admin.start("quick", order);
    const other = await admin.start("counting", order);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    // One: over a transport that forgets, every worker that starts sends again what is open.
    await worker(mine);
    await until(async () => (await admin.list({ status: "completed" })).sagas.length === 2);
    expect(commands()).toEqual(["createTicket"]);
    const attempts = (await admin.history(other.id)).map(({ kind, attempt }) => [kind, attempt]);
    expect(attempts).toContainEqual(["step-succeeded", 1]);
    expect((await admin.history(one.id)).map(({ kind }) => kind)).not.toContain("step-resent");
  });

  it("what an operator has tried again is, at once and with all of its time", async () => {
    const [mine, theirs] = await stores();
    const { answers, worker, commands } = await world({ createTicket: { refuse: "ticketRefused" } });
    await worker(mine);
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    const { id } = await admin.start("failing", order);
    await until(async () => (await admin.get(id))?.status === "needs-attention");
    delete answers.createTicket;
    const before = commands().length;
    await admin.act(id, { action: "retry", step: "ticket", by: "ada", why: "the kitchen is open" });
    await until(() => commands().length > before);
    await until(async () => (await admin.get(id))?.status === "completed");
  });

  it("a timer that another process has set fires in time", async () => {
    const [mine, theirs] = await stores();
    const { worker, commands } = await world();
    await worker(mine);
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    // Found by a sweep, it would be a second late, and more.
    await until(async () => {
      const before = commands().length;
      const since = performance.now();
      await admin.start("lazy", order);
      await until(() => commands().length > before);
      return performance.now() - since < 1_000;
    });
  });

  it("the connection that listens is replaced when it is lost, outside of the pool", async () => {
    const [, theirs] = await stores();
    const proxy = await createTcpProxy(new URL(database.url.replace(/:(?=\/[^/])/, "")));
    closing.push(() => proxy.close());
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: proxy.url, max: 1 });
    closing.push(() => pool.end());
    const mine = createPostgresStore({ pool, schema: `s${schema}` });
    const { worker, commands } = await world();
    await worker(mine);
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    await admin.start("quick", order);
    await until(() => commands().length === 1);
    proxy.cut();
    await admin.start("quick", order);
    await until(() => commands().length === 2);
    await until(async () => {
      const since = performance.now();
      const before = commands().length;
      await admin.start("quick", order);
      await until(() => commands().length > before);
      return performance.now() - since < 250;
    });
  });

  it("a pool that makes no other connection, or hears nothing on it, leaves it to the sweep, and says so", async () => {
    const [, theirs] = await stores();
    const { worker, commands, problems } = await world();
    class Deaf extends (await import("pg")).default.Client {
      override on(event: string, listener: (...given: never[]) => void): this {
        return event === "notification" ? this : super.on(event as never, listener as never);
      }
    }
    const pool = database.pool();
    const mine = createPostgresStore({
      pool: Object.assign(Object.create(pool), { Client: Deaf }),
      schema: `s${schema}`,
    });
    await worker(mine);
    const admin = createSagaAdmin({ store: theirs, sagas: all });
    const { id } = await admin.start("quick", order);
    await until(async () => (await admin.get(id))?.status === "completed");
    expect(commands()).toEqual(["createTicket"]);
    await until(() => problems.some((reason) => reason.includes("LISTEN is not possible for now")), 20_000);
    expect(problems).toHaveLength(1);
  });
});

it("PGlite has no connection to listen on: a sweep finds the saga, and nothing of it times out", async () => {
  const { pool, close } = await createPglitePool();
  closing.push(close);
  const store = createPostgresStore({ pool, migrate: true });
  const { worker, commands } = await world();
  await worker(store);
  const admin = createSagaAdmin({ store, sagas: all });
  const { id } = await admin.start("quick", order);
  await until(async () => (await admin.get(id))?.status === "completed");
  expect(commands()).toEqual(["createTicket"]);
});

it("in memory, an admin without the runner is heard by it", async () => {
  const store = createMemoryStore();
  const { worker, commands } = await world();
  await worker(store);
  const admin = createSagaAdmin({ store, sagas: all });
  await until(async () => {
    const before = commands().length;
    const since = performance.now();
    await admin.start("quick", order);
    await until(() => commands().length > before);
    return performance.now() - since < 200;
  });
});

it("on SQLite a saga begins with the transaction that it is started in, or throws inside it", async () => {
  const store = createSqliteStore({ path: ":memory:" });
  closing.push(() => store.close());
  const { worker, problems } = await world();
  const runner = await worker(store);
  const { database } = store;
  const start = (key: string, end: "commit" | "rollback", input = order) => {
    database.exec("begin");
    try {
      const started = runner.run(counting, input, { key, tx: database });
      database.exec(end);
      return started;
    } catch (error) {
      database.exec("rollback");
      throw error;
    }
  };
  const gone = await start("one", "rollback");
  const there = await start("two", "commit");
  expect(await there.result({ timeout: "20s" })).toMatchObject({ status: "completed" });
  await expect(gone.status()).rejects.toMatchObject({ code: "unknown-saga" });
  expect(() => start("three", "commit", {} as never)).toThrow(/invalid-message/);
  expect(() => start("two", "commit")).toThrow(/conflict/);
  expect(() => runner.run(counting, order, { tx: {} })).toThrow(/invalid-usage/);
  const inMemory = await worker(createMemoryStore());
  expect(() => inMemory.run(counting, order, { tx: database })).toThrow(/no transactions/);
  expect(problems).toEqual([]);
});
