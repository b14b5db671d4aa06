/** A store in which a hundred thousand sagas wait and a million have ended, beside an empty one. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSagaRunner, saga } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import type { Contract, Request } from "@sagaspec/runtime/codegen";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import type pg from "pg";
import { PurchaseSchema, purchase } from "../../support/fixtures/shop.js";
import type { TestDatabase } from "../../support/postgres.js";
import { throughput } from "../amqp.js";
import { type Metrics, median, metric } from "../metric.js";
import { sagaSubject, serveShop, stepsPerSaga } from "./subject.js";

const waitingSagas = 100_000;
const finishedSagas = 1_000_000;
const rounds = 5;
const forMs = 1_500;

/** A service that takes its time: nobody serves it here. */
const archive: Contract<unknown, unknown> & {
  readonly keep: Request<{ readonly orderId: string; readonly amount: number }, void>;
} = {
  $contract: { service: "archive", version: "1.0.0" },
  keep: {
    kind: "request",
    id: "archive.keep",
    action: "receive",
    channel: { address: "archive.commands" },
    message: { name: "keep", payload: PurchaseSchema },
    reply: { success: [{ name: "kept" }] },
    timeoutMs: 86_400_000,
  },
};
const archived = saga("archived", { version: 1, input: PurchaseSchema }).step("archive", {
  call: archive.keep,
  with: ({ input }) => input,
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export async function crowded(url: string, database: TestDatabase): Promise<Metrics> {
  const transport = createAmqpTransport({ amqplib, url });
  const shop = await serveShop(transport);
  const pool = database.pool(8);
  const full = createPostgresStore({ pool, schema: "crowded", migrate: true });
  const fresh = createPostgresStore({ pool, schema: "fresh", migrate: true });
  const source = { address: "archive.commands", service: "archive", action: "receive", durable: true } as const;
  await transport.prepare([source], "declare");

  const bytes = await waitingBytes(() =>
    createSagaRunner({ service: "shop", sagas: [archived], store: full, transport }),
  );
  const subjects = [
    await sagaSubject({ store: full, transport, sagas: [purchase, archived] }),
    await sagaSubject({ store: fresh, transport }),
  ] as const;
  for (const subject of subjects) await throughput(subject, 64, forMs / 2);
  await finishMany(pool);
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const index of [0, 1] as const) {
      rates[index].push((await throughput(subjects[index], 256, forMs)) * stepsPerSaga);
    }
  }
  await Promise.all(subjects.map((subject) => subject.close()));
  await shop.close();
  await transport.close();
  return {
    "memory-of-100000-waiting": metric(bytes / 1e6, "MB", ["value", "<=", 100]),
    "steps-in-a-crowded-store": metric(median(rates[0]), "steps/s", ["ratio", ">=", 0.83], median(rates[1])),
  };
}

/** What a worker keeps of the sagas that it has started and that wait. */
async function waitingBytes(create: () => ReturnType<typeof createSagaRunner>): Promise<number> {
  const used = () => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const before = used();
  const runner = create();
  await runner.start();
  for (let started = 0; started < waitingSagas; started += 1_000) {
    const starts = Array.from({ length: 1_000 }, (_, index) =>
      runner.run(archived, { orderId: `waiting-${started + index}`, amount: 1 }, { key: `waiting-${started + index}` }),
    );
    await Promise.all(starts);
  }
  const after = used();
  await runner.close();
  return after - before;
}

/** Copies a finished saga with its history. */
async function finishMany(pool: pg.Pool): Promise<void> {
  const id = "md5(n::text)::uuid::text";
  await pool.query(`
    insert into crowded.saga
    select ${id}, type, version, hash, ${id}, parent, status, paused, cursor, revision, state, due_at, started_at, updated_at, ${id}
    from (select * from crowded.saga where status = 'completed' limit 1) s, generate_series(1, ${finishedSagas}) n`);
  await pool.query(`
    insert into crowded.history select ${id}, 1, '[{"seq":1,"at":0,"kind":"ended"}]' from generate_series(1, ${finishedSagas}) n`);
  await pool.query("vacuum analyze crowded.saga");
  await pool.query("vacuum analyze crowded.history");
  await pool.query("checkpoint");
}
