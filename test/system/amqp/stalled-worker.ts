/** A worker that starts sagas, for a test to stop and let go on. Prints how they ended. */
import { createSagaRunner, saga } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createMemorySagaStore } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { PurchaseSchema, stock } from "../../support/fixtures/shop.js";

const [url = "", count = "", service = ""] = process.argv.slice(2);
const buying = saga("buying", { version: 1, input: PurchaseSchema }).step("stock", {
  call: stock.reserve,
  with: ({ input }) => input,
  timeout: "2s",
  compensate: false,
});
const transport = createAmqpTransport({ amqplib, url });
const sagas = createSagaRunner({
  service,
  sagas: [buying],
  store: createMemorySagaStore(),
  transport,
  settleTime: "500ms",
});
await sagas.start();
const orders = Array.from({ length: Number(count) }, (_, index) => ({ orderId: `${index}`, amount: 1 }));
const handles = await Promise.all(orders.map((order) => sagas.run(buying, order)));
process.send?.("started");
const ends = await Promise.all(handles.map((handle) => handle.result({ timeout: "20s" })));
process.send?.(ends.map(({ status }) => status));
await sagas.close();
await transport.close();
process.disconnect();
