/**
 * Transitions per second of every store, by how many sagas commit together: a row of about 500 bytes, one history row, one
 * effect opened and one closed each.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SagaRow, SagaStore } from "@sagaspec/runtime";
import { createMemoryStore } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { effectKey } from "@sagaspec/runtime/store";
import { newDefinition, newRow, next, sendEffect, start } from "../runtime/conformance/saga-fixtures.js";
import { createDatabase, createPglitePool, postgresMissing } from "../support/postgres.js";
import { type SqliteDriver, sqliteDrivers } from "../support/sqlite-drivers.js";
import { type Metric, type Metrics, metric } from "./metric.js";

const batchSizes = [1, 64, 256];
const forMs = 2_000;

interface Bench {
  readonly name: string;
  readonly store: SagaStore;
  /** Batches under way at the same time, as the runner keeps them. */
  readonly inFlight: number;
  close(): Promise<unknown>;
}

async function rate({ store, inFlight }: Bench, batchSize: number): Promise<number> {
  const definition = newDefinition();
  let transitions = 0;
  const end = Date.now() + forMs;
  const lane = async () => {
    let rows: SagaRow[] = Array.from({ length: batchSize }, () =>
      newRow(definition, { state: { text: "x".repeat(400) } }),
    );
    await store.commit(rows.map((row) => start(row, { open: [sendEffect(row, 1)] })));
    while (Date.now() < end) {
      const batch = rows.map((row) =>
        next(
          row,
          {},
          { open: [sendEffect(row, row.revision + 1)], closed: [effectKey(sendEffect(row, row.revision))] },
        ),
      );
      const verdicts = await store.commit(batch);
      if (verdicts.some((verdict) => verdict !== "done")) throw new Error(`not all done: ${verdicts}`);
      rows = batch.map(({ row }) => row);
      transitions += batchSize;
    }
  };
  const began = Date.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (transitions / (Date.now() - began)) * 1_000;
}

function sqlite({ name, open }: SqliteDriver, synchronous: "full" | "normal"): Bench {
  const folder = mkdtempSync(join(tmpdir(), `sagaspec-bench-${randomUUID().slice(0, 8)}`));
  const store = createSqliteStore({ database: open(join(folder, "sagas.db")), synchronous });
  const close = async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { name: `sqlite ${synchronous} (${name})`, store, inFlight: 1, close };
}

async function* benches(): AsyncGenerator<Bench> {
  const memory = createMemoryStore();
  yield { name: "memory", store: memory, inFlight: 1, close: () => memory.close() };
  for (const driver of sqliteDrivers()) {
    yield sqlite(driver, "full");
    yield sqlite(driver, "normal");
  }
  if (await postgresMissing()) return;
  for (const inFlight of [1, 2]) {
    const database = await createDatabase();
    const store = createPostgresStore({ pool: database.pool(), migrate: true });
    yield { name: `postgres, ${inFlight} in flight`, store, inFlight, close: () => database.drop() };
  }
  const { pool, close } = await createPglitePool();
  yield { name: "pglite", store: createPostgresStore({ pool, migrate: true }), inFlight: 1, close };
}

export async function measure(): Promise<Metrics> {
  const metrics: { [name: string]: Metric } = {};
  for await (const bench of benches()) {
    for (const size of batchSizes) metrics[`${bench.name}, batch of ${size}`] = metric(await rate(bench, size), "/s");
    await bench.close();
  }
  return metrics;
}
