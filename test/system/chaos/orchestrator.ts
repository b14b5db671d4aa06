// One worker that runs sagas: orchestrator.mjs <broker> <database>. Starts what its parent asks for, under the given key.
import { createSagaRunner } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import pg from "pg";
import { type Purchase, purchase } from "../../support/fixtures/shop.js";
import type { FromWorker } from "./workers.js";

const [broker = "", connectionString = ""] = process.argv.slice(2);
const tell = (message: FromWorker) => process.send?.(message);
const complain = (error: unknown) => console.error(Date.now(), error instanceof Error ? error.message : error);

const pool = new pg.Pool({ connectionString, max: 6 });
const store = createPostgresStore({ pool });
const transport = createAmqpTransport({ amqplib, url: broker, onProblem: complain });
const runner = createSagaRunner({ service: "shop", sagas: [purchase], store, transport, onProblem: complain });

async function start(order: Purchase): Promise<void> {
  try {
    await runner.run(purchase, order, { key: order.orderId });
    tell({ started: order.orderId });
  } catch (error) {
    complain(error);
    tell({ refused: order.orderId });
  }
}

await runner.start();
process.on("message", (order: Purchase) => void start(order));
// The parent asks to stop by hanging up: also when it dies.
process.once("disconnect", async () => {
  await runner.close();
  await transport.close();
  await store.close();
  await pool.end();
});
tell("ready");
