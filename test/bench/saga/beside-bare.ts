/** Sagas on RabbitMQ and PostgreSQL, beside round trips written by hand and beside themselves without batches. */
import { setTimeout as sleep } from "node:timers/promises";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import type { TestDatabase } from "../../support/postgres.js";
import { byHand, latency, throughput } from "../amqp.js";
import { type Metrics, median, metric } from "../metric.js";
import { counting, sagaSubject, serveShop, stepsPerSaga } from "./subject.js";

const rounds = 5;
const forMs = 1_500;
/** As many as a commit for each saga can make use of: more is not faster. */
const connections = 32;

export async function besideBare(url: string, database: TestDatabase): Promise<Metrics> {
  const transports = [createAmqpTransport({ amqplib, url }), createAmqpTransport({ amqplib, url })] as const;
  const [asking, answering] = transports;
  const shop = await serveShop(answering);
  const pool = counting(database.pool(8));
  const store = createPostgresStore({ pool, schema: "batched", migrate: true });
  const single = createPostgresStore({ pool: database.pool(connections), schema: "single", migrate: true });
  const bare = await byHand(url, "durable");
  const batched = await sagaSubject({ store, transport: asking });
  const unbatched = await sagaSubject({ store: single, transport: asking, maxBatch: 1, maxBatches: connections });
  for (const subject of [bare, batched, unbatched]) await latency(subject, forMs);

  const idle = await idleTripsASecond(pool);
  const seen = { bare: [], batched: [], unbatched: [], trips: [], one: [], bareOne: [], tripsAtOne: [] } as {
    [name: string]: number[];
  };
  /** Round trips by `each` of a saga's, but for those of an idle worker. */
  const tripsOf = async (each: number, note: string, work: () => Promise<number>): Promise<number> => {
    const [before, lines, began] = [pool.trips(), batched.traced(), performance.now()];
    const result = await work();
    const trips = pool.trips() - before - (idle * (performance.now() - began)) / 1_000;
    // Each saga has a line for its start, two for a step, and one for its end.
    const sagas = (batched.traced() - lines) / (2 * stepsPerSaga + 2);
    seen[note]?.push(Math.round((trips / sagas / each) * 1_000) / 1_000);
    return result;
  };
  // One at a time first: what many leave for the disk to write would be measured with it.
  for (let round = 0; round < rounds; round += 1) {
    seen.bareOne?.push(await latency(bare, forMs));
    seen.one?.push(await tripsOf(stepsPerSaga + 1, "tripsAtOne", () => latency(batched, forMs)));
  }
  for (const subject of [bare, batched, unbatched]) await throughput(subject, 256, forMs);
  for (let round = 0; round < rounds; round += 1) {
    seen.bare?.push(await throughput(bare, 256, forMs));
    seen.batched?.push(await tripsOf(stepsPerSaga, "trips", () => throughput(batched, 256, forMs)));
    seen.unbatched?.push(await throughput(unbatched, 256, forMs));
  }
  const middle = (name: string) => median(seen[name] ?? []);
  await Promise.all([bare.close(), batched.close(), unbatched.close()]);
  await shop.close();
  await Promise.all(transports.map((transport) => transport.close()));
  const steps = middle("batched") * stepsPerSaga;
  return {
    "steps-at-256": metric(steps, "steps/s", ["ratio", ">=", 0.6], middle("bare")),
    "steps-at-256-beside-unbatched": metric(steps, "steps/s", ["ratio", ">=", 4], middle("unbatched") * stepsPerSaga),
    "database-round-trips-a-step-at-256": metric(middle("trips"), "", ["value", "<=", 0.15]),
    // A saga of three steps has four transitions: its start, and three replies.
    "database-round-trips-a-transition-at-1": metric(middle("tripsAtOne"), "", ["value", "<=", 1]),
    "step-p50-at-1": metric(middle("one") / stepsPerSaga, "ms", ["ratio", "<=", 2.5], middle("bareOne")),
  };
}

async function idleTripsASecond(pool: { trips(): number }): Promise<number> {
  const seconds = 5;
  await sleep(1_500);
  const before = pool.trips();
  await sleep(seconds * 1_000);
  return (pool.trips() - before) / seconds;
}
