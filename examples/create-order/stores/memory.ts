import { createMemoryInbox, createMemorySagaStore } from "@sagaspec/runtime/memory";
import type { OrderStatus, Orders } from "../orders.js";
import type { OrderStore } from "./index.js";

/** Everything in this process, and gone with it. */
export async function openMemory(): Promise<OrderStore> {
  const store = createMemorySagaStore();
  return { store, inbox: createMemoryInbox(), orders: createMemoryOrders(), close: () => store.close() };
}

/** Orders in memory, where a transaction is nothing to speak of. */
export function createMemoryOrders(): Orders {
  const statuses = new Map<number, OrderStatus>();
  const statusOf = (orderId: number) => statuses.get(orderId) ?? "pending";
  return {
    statusOf,
    keep: ({ orderId }) => void statuses.set(orderId, statusOf(orderId)),
    approve: (_, orderId) => void statuses.set(orderId, "approved"),
    reject: (_, orderId) => void statuses.set(orderId, "rejected"),
  };
}
