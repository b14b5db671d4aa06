// What sagas cost, on every store and beside the same messages without them.
import { createDatabase, postgresMissing } from "../support/postgres.js";
import { findBroker } from "../support/rabbitmq.js";
import type { Metrics } from "./metric.js";
import { besideBare } from "./saga/beside-bare.js";
import { crowded } from "./saga/crowded.js";
import { embedded } from "./saga/embedded.js";

/** Measures in a vhost and a database of its own. Without RabbitMQ and PostgreSQL only what needs neither. */
export async function measure(): Promise<Metrics> {
  const metrics = await embedded();
  const missing = await postgresMissing();
  const broker = await findBroker();
  if (missing !== undefined) console.warn(`skipped: ${missing}`);
  if (missing !== undefined || !broker) return metrics;
  const database = await createDatabase();
  try {
    return {
      ...(await besideBare(broker.url, database)),
      ...metrics,
      ...(await crowded(broker.url, database)),
    };
  } finally {
    await database.drop();
    await broker.release();
  }
}
