/** One service as a process of its own on RabbitMQ: `service.ts consumer`. The order service tells its parent what happens. */
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { startOrderService } from "./order-service.js";
import { participants } from "./participants.js";

const [name = "", path = ""] = process.argv.slice(2);
const transport = createAmqpTransport({
  amqplib,
  url: process.env.AMQP_URL ?? "amqp://guest:guest@127.0.0.1:5672",
});
const start = participants[name] ?? (() => startOrderService(transport, path, (progress) => process.send?.(progress)));
const service = await start(transport).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
process.send?.("ready");

// The parent asks to stop by hanging up: also when it dies.
process.once("disconnect", async () => {
  await service.close();
  await transport.close();
});
