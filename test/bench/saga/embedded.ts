/** Sagas in one process, without a broker: on memory, and on a SQLite file that every commit reaches. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { throughput } from "../amqp.js";
import { type Metrics, median, metric } from "../metric.js";
import { sagaSubject, serveShop, stepsPerSaga } from "./subject.js";

const rounds = 5;
const forMs = 1_500;

export async function embedded(): Promise<Metrics> {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-bench-"));
  const transport = createMemoryTransport();
  const shop = await serveShop(transport);
  const memory = createMemorySagaStore();
  const sqlite = createSqliteStore({ path: join(folder, "sagas.db") });
  const subjects = [
    await sagaSubject({ store: memory, transport }),
    await sagaSubject({ store: sqlite, transport }),
  ] as const;
  const rates: [number[], number[]] = [[], []];
  for (const subject of subjects) await throughput(subject, 256, forMs);
  for (let round = 0; round < rounds; round += 1) {
    for (const index of [0, 1] as const) {
      rates[index].push((await throughput(subjects[index], 256, forMs)) * stepsPerSaga);
    }
  }
  await Promise.all(subjects.map((subject) => subject.close()));
  await shop.close();
  await transport.close();
  await Promise.all([memory.close(), sqlite.close()]);
  rmSync(folder, { recursive: true });
  const inMemory = median(rates[0]);
  return {
    "steps-in-memory": metric(inMemory, "steps/s", ["value", ">=", 25_000]),
    "steps-in-sqlite": metric(median(rates[1]), "steps/s", ["ratio", ">=", 0.6], inMemory),
  };
}
