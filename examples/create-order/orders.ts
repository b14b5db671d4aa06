/** The order service's own table, in the same file as its sagas: what a saga does to an order commits with the saga. */
import type { SqliteDatabase } from "@sagaspec/runtime/sqlite";
import type { NewOrder } from "../../generated/order/index.js";

export type OrderStatus = "pending" | "approved" | "rejected";

export function createOrdersTable(database: SqliteDatabase): void {
  database.exec(`
    create table if not exists orders (
      id integer primary key,
      status text not null,
      details text not null,
      ticket_id integer,
      transaction_id integer
    )`);
}

/** Keeps a new order as pending. Keeping the same one again changes nothing. */
export function keepOrder(database: SqliteDatabase, order: NewOrder): void {
  database
    .prepare("insert or ignore into orders (id, status, details) values (?, 'pending', ?)")
    .run(order.orderId, JSON.stringify(order));
}

export function approveOrder(
  tx: unknown,
  orderId: number,
  { ticketId, transactionId }: { ticketId: number; transactionId: number },
): void {
  (tx as SqliteDatabase)
    .prepare("update orders set status = 'approved', ticket_id = ?, transaction_id = ? where id = ?")
    .run(ticketId, transactionId, orderId);
}

export function rejectOrder(tx: unknown, orderId: number): void {
  (tx as SqliteDatabase).prepare("update orders set status = 'rejected' where id = ?").run(orderId);
}

export function statusOf(database: SqliteDatabase, orderId: number): OrderStatus {
  const row = database.prepare("select status from orders where id = ?").get(orderId) as
    | { status: OrderStatus }
    | undefined;
  return row?.status ?? "pending";
}
