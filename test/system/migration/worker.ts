/** A worker of either release: runs sagas, serves the warehouse, and starts what its parent tells it to. */
import { setTimeout as sleep } from "node:timers/promises";
import * as runtime from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createPostgresStore, type PostgresClient } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import pg from "pg";
import { defineSagas } from "./sagas.js";
import { type WarehouseHandlers, warehouse } from "./services.js";

/** What a parent tells its worker to start: the definition, and its order. */
export interface Start {
  readonly definition: keyof ReturnType<typeof defineSagas>;
  readonly order: { readonly orderId: string; readonly amount: number };
}

const [releaseName, url = "", databaseUrl = ""] = process.argv.slice(2);
const release =
  releaseName === "old" ? await import("./old-release.js") : { ...runtime, createAmqpTransport, createPostgresStore };

const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
const store = release.createPostgresStore({ pool, schema: "orders", migrate: true });
const transport = release.createAmqpTransport({ amqplib, url });

/** What the warehouse does commits with the inbox's record of it, and of the answer. */
const perform = async <Reply>(
  operation: string,
  { orderId }: { readonly orderId: string },
  { transaction }: Pick<Parameters<WarehouseHandlers["release"]>[1], "transaction">,
  reply: Reply,
): Promise<Reply> => {
  await sleep(20);
  return transaction(async (tx: PostgresClient) => {
    const values = [operation, orderId, releaseName ?? ""];
    await tx.query({ text: "insert into performed values ($1, $2, $3)", values });
    return reply;
  });
};
const handlers: WarehouseHandlers = {
  reserve: (order, context) => perform("reserve", order, context, { reservationId: `r-${order.orderId}` }),
  release: (order, context) => perform("release", order, context, undefined),
  charge(order, context) {
    if (order.orderId.endsWith("7")) throw context.fail("refused", { reason: "no money" });
    return perform("charge", order, context, { receiptId: `c-${order.orderId}` });
  },
  refund: (order, context) => perform("refund", order, context, undefined),
  ship: (order, context) => perform("ship", order, context, undefined),
};
const server = await release.serve(warehouse, handlers, transport, { inbox: store.inbox });
const sagas = defineSagas(release.saga, { count: async () => 1 });
const runner = release.createSagaRunner({ service: "desk", sagas: Object.values(sagas), store, transport });
await runner.start();

process.on("message", async (starts: readonly Start[]) => {
  for (const { definition, order } of starts) {
    const handle = await runner.run(sagas[definition] as typeof sagas.buying, order, { key: order.orderId });
    process.send?.({ orderId: order.orderId, id: handle.id });
  }
});
process.on("disconnect", async () => {
  await runner.close();
  await server.close();
  await transport.close();
  await store.close();
  await pool.end();
});
process.send?.("ready");
