import type { NewOrder } from "../../generated/order/index.js";

export type OrderStatus = "pending" | "approved" | "rejected";

/** What the saga of an approved order has come by. */
export interface Approval {
  readonly ticketId: number;
  readonly transactionId: number;
}

/** The order service's own table. What a saga does to it commits with the saga: `tx` is the transaction of its step. */
export interface Orders<Tx = unknown> {
  /** Keeps a new order as pending. Keeping the same one again changes nothing. */
  keep(order: NewOrder): void | Promise<void>;
  approve(tx: Tx, orderId: number, approval: Approval): void | Promise<void>;
  reject(tx: Tx, orderId: number): void | Promise<void>;
  statusOf(orderId: number): OrderStatus | Promise<OrderStatus>;
}
