/** Sagas on RabbitMQ and PostgreSQL: beside round trips and a saga by hand, and beside themselves without batches. */
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import type { TestDatabase } from "../../support/postgres.js";
import { askByHand, latency, throughput } from "../amqp.js";
import { type Metrics, median, metric } from "../metric.js";
import { sagaByHand } from "./by-hand.js";
import { counting, sagaSubject, stepsPerSaga } from "./subject.js";

const rounds = 5;
const forMs = 1_500;
/** As many as a commit for each saga can make use of: more is not faster. */
const connections = 32;
const program = fileURLToPath(new URL("participants.ts", import.meta.url));

export async function besideBare(url: string, database: TestDatabase): Promise<Metrics> {
  const queue = `bench.${randomUUID()}`;
  const participants = await startParticipants(url, queue);
  const transport = createAmqpTransport({ amqplib, url });
  const pool = counting(database.pool(8));
  const store = createPostgresStore({ pool, schema: "batched", migrate: true });
  const single = createPostgresStore({ pool: database.pool(connections), schema: "single", migrate: true });
  const bare = await askByHand(url, queue, "durable");
  const hand = await sagaByHand(url, queue, database.pool(8));
  const batched = await sagaSubject({ store, transport });
  const unbatched = await sagaSubject({ store: single, transport, maxBatch: 1, maxBatches: connections });
  for (const subject of [bare, batched, unbatched]) await latency(subject, forMs);

  const idle = await idleTripsASecond(pool);
  const seen = { bare: [], hand: [], batched: [], unbatched: [], one: [], bareOne: [] } as {
    [name: string]: number[];
  };
  /** Of all rounds together: a round has one idle look at the store more or less than on average. */
  const atOne = { trips: 0, sagas: 0 };
  const atMany = { trips: 0, sagas: 0 };
  /** Counts the round trips but for those of an idle worker. */
  const counted = async (sum: { trips: number; sagas: number }, work: () => Promise<number>): Promise<number> => {
    const [before, lines, began] = [pool.trips(), batched.traced(), performance.now()];
    const result = await work();
    sum.trips += pool.trips() - before - (idle * (performance.now() - began)) / 1_000;
    // Each saga has a line for its start, two for a step, and one for its end.
    sum.sagas += (batched.traced() - lines) / (2 * stepsPerSaga + 2);
    return result;
  };
  // One at a time first: what many leave for the disk to write would be measured with it.
  for (let round = 0; round < rounds; round += 1) {
    seen.bareOne?.push(await latency(bare, forMs));
    seen.one?.push(await counted(atOne, () => latency(batched, forMs)));
  }
  for (const subject of [bare, hand, batched, unbatched]) await throughput(subject, 256, forMs);
  for (let round = 0; round < rounds; round += 1) {
    seen.bare?.push(await throughput(bare, 256, forMs));
    seen.batched?.push(await counted(atMany, () => throughput(batched, 256, forMs)));
    seen.unbatched?.push(await throughput(unbatched, 256, forMs));
    seen.hand?.push(await throughput(hand, 256, forMs));
  }
  const middle = (name: string) => median(seen[name] ?? []);
  // A saga of three steps has four transitions: its start, and three replies. What is left of the idle looks is rounded off.
  const tripsAtOne = Math.round((atOne.trips / atOne.sagas / (stepsPerSaga + 1)) * 100) / 100;
  await Promise.all([bare.close(), hand.close(), batched.close(), unbatched.close()]);
  await transport.close();
  await participants.close();
  const steps = middle("batched") * stepsPerSaga;
  return {
    "steps-at-256": metric(steps, "steps/s", ["ratio", ">=", 0.6], middle("bare")),
    "steps-at-256-beside-by-hand": metric(steps, "steps/s", undefined, middle("hand") * stepsPerSaga),
    "steps-at-256-beside-unbatched": metric(steps, "steps/s", ["ratio", ">=", 4], middle("unbatched") * stepsPerSaga),
    "database-round-trips-a-step-at-256": metric(atMany.trips / atMany.sagas / stepsPerSaga, "", ["value", "<=", 0.15]),
    "database-round-trips-a-transition-at-1": metric(tripsAtOne, "", ["value", "<=", 1]),
    "step-p50-at-1": metric(middle("one") / stepsPerSaga, "ms", ["ratio", "<=", 2.5], middle("bareOne")),
  };
}

/** @param queue where to answer what is asked by hand */
async function startParticipants(url: string, queue: string): Promise<{ close(): Promise<void> }> {
  const participants = fork(program, [url, queue], { execArgv: ["--import", "tsx"] });
  const exit = once(participants, "exit");
  const [first] = await Promise.race([once(participants, "message"), exit]);
  if (first !== "ready") throw new Error(`the participants have not started: exit ${first}`);
  return {
    async close() {
      participants.disconnect();
      await exit;
    },
  };
}

async function idleTripsASecond(pool: { trips(): number }): Promise<number> {
  const seconds = 5;
  await sleep(1_500);
  const before = pool.trips();
  await sleep(seconds * 1_000);
  return (pool.trips() - before) / seconds;
}
