import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore, type SqliteDatabase } from "@sagaspec/runtime/sqlite";
import type { OrderStatus, Orders } from "../orders.js";
import type { OrderStore } from "./index.js";

/** One file, which this process owns. */
export async function openSqlite(): Promise<OrderStore> {
  const folder = await mkdtemp(join(tmpdir(), "create-order-"));
  const store = createSqliteStore({ path: join(folder, "orders.db") });
  return {
    store,
    inbox: store.inbox,
    orders: createOrders(store.database),
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

function createOrders(database: SqliteDatabase): Orders<SqliteDatabase> {
  database.exec(`
    create table orders (
      id integer primary key,
      status text not null,
      details text not null,
      ticket_id integer,
      transaction_id integer
    )`);
  const insert = "insert or ignore into orders (id, status, details) values (?, 'pending', ?)";
  const approve = "update orders set status = 'approved', ticket_id = ?, transaction_id = ? where id = ?";
  const reject = "update orders set status = 'rejected' where id = ?";
  const select = "select status from orders where id = ?";
  return {
    keep: (order) => void database.prepare(insert).run(order.orderId, JSON.stringify(order)),
    approve: (tx, orderId, { ticketId, transactionId }) =>
      void tx.prepare(approve).run(ticketId, transactionId, orderId),
    reject: (tx, orderId) => void tx.prepare(reject).run(orderId),
    statusOf(orderId) {
      const row = database.prepare(select).get(orderId) as { status: OrderStatus } | undefined;
      return row?.status ?? "pending";
    },
  };
}
