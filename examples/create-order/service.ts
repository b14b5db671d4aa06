/** One service as a process of its own on RabbitMQ: `service.ts consumer`, `service.ts order postgres`. */
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { type Service, startOrderService } from "./order-service.js";
import { participants } from "./participants.js";
import { storeNames, stores } from "./stores/index.js";

const [name = "", database] = process.argv.slice(2);
const transport = createAmqpTransport({
  amqplib,
  url: process.env.AMQP_URL ?? "amqp://guest:guest@127.0.0.1:5672",
});
const service = await (participants[name] ?? startOrders)(transport).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
process.send?.("ready");

// The parent asks to stop by hanging up: also when it dies.
process.once("disconnect", async () => {
  await service.close();
  await transport.close();
});

/** The order service tells its parent what happens. */
async function startOrders(): Promise<Service> {
  const open = stores[storeNames.find((one) => one === database) ?? "sqlite"];
  return startOrderService(transport, await open(), (progress) => process.send?.(progress));
}
