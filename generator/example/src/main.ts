import { createSagaRunner, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { accounting } from "../generated/accounting/index.js";
import { restaurant } from "../generated/restaurant/index.js";
import { handlers as accountingHandlers } from "../handlers/accounting.js";
import { handlers as restaurantHandlers } from "../handlers/restaurant.js";
import { createOrder, type NewOrder } from "./create-order.js";

// Over RabbitMQ instead, with each service in a process of its own:
//   import amqplib from "amqplib";
//   import { createAmqpTransport } from "@sagaspec/runtime/amqp";
//   const transport = createAmqpTransport({ amqplib, url: "amqp://localhost" });
const transport = createMemoryTransport();
const store = createSqliteStore({ path: "orders.db" });

// With the inbox in a file a command that comes again after a restart does not take effect again.
const servers = [
  await serve(restaurant, restaurantHandlers, transport, { inbox: store.inbox }),
  await serve(accounting, accountingHandlers, transport, { inbox: store.inbox }),
];
const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport });

let stopping: Promise<void> | undefined;

/** Takes nothing new, lets what is under way end, and leaves the rest to the next start. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    await sagas.close({ timeout: "10s" });
    for (const server of servers) await server.close();
    await transport.close();
    await store.close();
  })();
  return stopping;
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());

await sagas.start();

const orders: readonly NewOrder[] = [
  { orderId: 1, dish: "soup", price: 900 },
  { orderId: 2, dish: "pizza", price: 12_000 },
];
try {
  for (const order of orders) {
    // A second run with the same key gives the saga that there is already: an order is carried out once.
    const started = await sagas.run(createOrder, order, { key: String(order.orderId) });
    console.log(`order ${order.orderId}: ${(await started.result()).status}`);
  }
} finally {
  await stop();
}
