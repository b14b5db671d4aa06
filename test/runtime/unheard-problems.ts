// A program that says nothing of problems, and whose handler always throws.
import { createClient, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { kitchen } from "../support/fixtures/kitchen.js";

const transport = createMemoryTransport();
const broken = () => {
  throw new TypeError("the oven is cold");
};
const handlers = { createTicket: broken, cancelTicket: broken, weigh: broken, clean() {} };
const server = await serve(kitchen, handlers, transport);
const client = createClient(kitchen, transport);
for (let orderId = 0; orderId < 200; orderId++) {
  await client.createTicket({ orderId, dishes: ["soup"] }).catch(() => {});
}
setTimeout(async () => {
  await server.close();
  await transport.close();
}, 1_200);
