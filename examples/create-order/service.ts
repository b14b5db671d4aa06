/** One service as a process of its own: `service.ts consumer amqp`, `service.ts order kafka postgres`. */
import { brokerNames, brokers } from "./brokers.js";
import { type Service, startOrderService } from "./order-service.js";
import { participants } from "./participants.js";
import { storeNames, stores } from "./stores/index.js";

const [name = "", broker, database] = process.argv.slice(2);
const transport = brokers[brokerNames.find((one) => one === broker) ?? "amqp"]();
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
