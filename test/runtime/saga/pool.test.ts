// Runs that hold a connection of the pool, for as long as they like, hold up no commit, no lease and no end.
import { createSagaRunner, type SagaRunnerOptions, saga } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore, type PostgresClient } from "@sagaspec/runtime/postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, postgresMissing, type TestDatabase } from "../../support/postgres.js";
import { OrderSchema } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";

const begin = (name: string) => saga(name, { version: 1, input: OrderSchema });
const missing = await postgresMissing();

describe.skipIf(missing)("on PostgreSQL", () => {
  let database: TestDatabase;
  let schema = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function worker(max: number, sagas: SagaRunnerOptions["sagas"]) {
    schema += 1;
    const store = createPostgresStore({ pool: database.pool(max), schema: `s${schema}`, migrate: true });
    const transport = createMemoryTransport();
    const problems: string[] = [];
    const onProblem: SagaRunnerOptions["onProblem"] = ({ reason }) => problems.push(reason);
    const runner = createSagaRunner({ service: "order", sagas, store, transport, onProblem });
    closing.push(
      () => transport.close(),
      () => runner.close({ timeout: "1s" }),
    );
    await runner.start();
    return { runner, problems };
  }

  it("twenty runs in transactions of a pool of ten that each start a saga come to their end", async () => {
    const inner = begin("inner").step("nothing", { run: () => ({}) });
    const outer = begin("outer").step("start", {
      run: async ({ input }) => {
        const { id } = await runner.run(inner, input);
        return { id };
      },
      transaction: true,
    });
    const { runner, problems } = await worker(10, [inner, outer]);
    const started = await Promise.all(Array.from({ length: 20 }, () => runner.run(outer, order)));
    const ends = await Promise.all(started.map((one) => one.result({ timeout: "25s" })));
    expect(ends.map(({ status }) => status)).toEqual(Array(20).fill("completed"));
    expect(problems).toEqual([]);
  });

  it("while thirty runs sleep in transactions, a plain run that takes long has one attempt, and others go on", async () => {
    let calls = 0;
    const holding = begin("holding").step("hold", {
      run: async (_, { tx }) => {
        await (tx as PostgresClient).query({ text: "select pg_sleep(1.5)" });
        return {};
      },
      transaction: true,
    });
    const plain = begin("plain").step("work", {
      run: async () => {
        calls += 1;
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        return {};
      },
    });
    const { runner } = await worker(10, [holding, plain]);
    const slow = await runner.run(plain, order);
    await Promise.all(Array.from({ length: 30 }, () => runner.run(holding, order)));
    expect((await slow.result({ timeout: "25s" })).status).toBe("completed");
    expect(calls).toBe(1);
  });

  it("close keeps its bound while functions hold their transactions and do not listen to the signal", async () => {
    const stubborn = begin("stubborn").step("hold", {
      run: async (_, { tx }) => {
        await (tx as PostgresClient).query({ text: "select pg_sleep(8)" });
        return {};
      },
      transaction: true,
    });
    const { runner } = await worker(10, [stubborn]);
    await Promise.all(Array.from({ length: 20 }, () => runner.run(stubborn, order)));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const since = performance.now();
    await runner.close({ timeout: "1s" });
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it("a pool too small for what a worker needs is said at its start", async () => {
    const transactional = begin("t").step("run", { run: () => ({}), transaction: true });
    const small = await worker(3, [transactional]);
    expect(small.problems).toEqual([
      expect.stringMatching(/pool has 3 connections, and a worker needs 4 .*raise the pool's `max`/),
    ]);
    const enough = await worker(4, [transactional]);
    expect(enough.problems).toEqual([]);
  });
});
