/** Has a pizza baked, waits until it is ready, and brings it. */
import { saga, TerminalError } from "@sagaspec/runtime";
import { type PizzaOrder, PizzaOrderSchema, pizzeria, pizzeriaEvents } from "../../generated/pizzeria/index.js";

/** `delivery` is the address of the delivery service, which speaks HTTP. */
export function orderPizza(delivery: URL) {
  return saga("order-pizza", { version: 1, input: PizzaOrderSchema, deadline: "2h" })
    .step("prepared", { call: pizzeria.preparePizza, with: ({ input }) => input })
    .step("ready", {
      wait: pizzeriaEvents.orderProgress,
      key: ({ input }) => input.orderId,
      match: ({ orderId }) => orderId,
      until: ({ message }) => message.status === "READY",
      deadline: "1h",
      milestone: "out of the oven",
    })
    .step("delivered", {
      run: ({ input }, { idempotencyKey, signal }) => deliver(delivery, input, idempotencyKey, signal),
      retry: { attempts: 5, on: ["retryable", "timeout"] },
    });
}

/** The same request may be made twice: the service knows it by its key. */
async function deliver(
  delivery: URL,
  { orderId, address }: PizzaOrder,
  key: string,
  signal: AbortSignal,
): Promise<{ courier: string }> {
  const response = await fetch(new URL("deliveries", delivery), {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ orderId, address }),
    signal,
  });
  if (response.status >= 500) throw new Error(`the delivery service answered ${response.status}`);
  if (!response.ok) throw new TerminalError(`the delivery service refused: ${response.status}`);
  return (await response.json()) as { courier: string };
}

/** With the address that the delivery service has on a developer's machine: what the docs site draws. */
export const orderPizzaHere = orderPizza(new URL("http://127.0.0.1:8080/"));
