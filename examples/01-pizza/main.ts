/** A command, an event that is waited for, and a call over HTTP. Run: node --conditions=@sagaspec/source --import tsx examples/01-pizza/main.ts */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createClient, createSagaRunner, type SagaState, serve } from "@sagaspec/runtime";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { pizzeria, pizzeriaEvents } from "../../generated/pizzeria/index.js";
import { orderPizza } from "./saga.js";

/** What one order has led to. */
export interface Delivered {
  readonly state: SagaState;
  /** Requests that the delivery service got. */
  readonly deliveries: readonly { readonly key: string; readonly status: number }[];
  readonly thrownAway: readonly number[];
}

/** Orders a pizza. The delivery service answers its requests with these statuses, one after the other, then with 200. */
export async function main(pizza: string, statuses: readonly number[] = []): Promise<Delivered> {
  const deliveries: { key: string; status: number }[] = [];
  const delivery = createServer((request, response) => {
    const status = statuses[deliveries.length] ?? 200;
    deliveries.push({ key: String(request.headers["idempotency-key"]), status });
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ courier: "Ada" }));
  });
  delivery.listen(0, "127.0.0.1");
  await once(delivery, "listening");
  const { port } = delivery.address() as AddressInfo;

  const transport = createMemoryTransport();
  const thrownAway: number[] = [];
  const events = createClient(pizzeriaEvents, transport);
  const bakers = await serve(
    pizzeria,
    {
      async preparePizza({ orderId, pizza }, { fail }) {
        if (pizza === "hawaii") throw fail("ovenFull", { reason: "not in this oven" });
        await events.orderProgress({ orderId, status: "BAKING" });
        await events.orderProgress({ orderId, status: "READY" });
        return { minutes: 12 };
      },
      throwAway: ({ orderId }) => void thrownAway.push(orderId),
    },
    transport,
  );

  const store = createMemorySagaStore();
  const definition = orderPizza(new URL(`http://127.0.0.1:${port}`));
  const sagas = createSagaRunner({ service: "orders", sagas: [definition], store, transport });
  await sagas.start();
  const order = await sagas.run(definition, { orderId: 1, pizza, address: "Main street 1" }, { key: "1" });
  const state = await order.result({ timeout: "20s" });

  await sagas.close();
  await bakers.close();
  await transport.close();
  delivery.closeAllConnections();
  delivery.close();
  return { state, deliveries, thrownAway };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await main("margherita"));
