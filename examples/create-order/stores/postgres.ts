import { createPostgresStore } from "@sagaspec/runtime/postgres";
import pg from "pg";
import type { OrderStatus, Orders } from "../orders.js";
import type { OrderStore } from "./index.js";

const schema = "create_order_example";

/** A schema of a PostgreSQL database (`DATABASE_URL`, default loopback). */
export async function openPostgres(): Promise<OrderStore> {
  const connectionString = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const { host } = new URL(connectionString);
  const pool = new pg.Pool({ connectionString });
  const store = createPostgresStore({ pool, schema });
  const drop = () => pool.query(`drop schema if exists ${schema} cascade`);
  await drop().catch((cause) => {
    throw new Error(`no PostgreSQL at ${host}: start one, or set DATABASE_URL`, { cause });
  });
  await store.migrate();
  return {
    store,
    inbox: store.inbox,
    orders: await createOrders(pool),
    async close() {
      await store.close();
      await drop();
      await pool.end();
    },
  };
}

async function createOrders(pool: pg.Pool): Promise<Orders<pg.PoolClient>> {
  await pool.query(`
    create table ${schema}.orders (
      id integer primary key,
      status text not null,
      details jsonb not null,
      ticket_id integer,
      transaction_id integer
    )`);
  return {
    async keep(order) {
      const sql = `insert into ${schema}.orders (id, status, details) values ($1, 'pending', $2) on conflict do nothing`;
      await pool.query(sql, [order.orderId, order]);
    },
    async approve(tx, orderId, { ticketId, transactionId }) {
      const sql = `update ${schema}.orders set status = 'approved', ticket_id = $1, transaction_id = $2 where id = $3`;
      await tx.query(sql, [ticketId, transactionId, orderId]);
    },
    async reject(tx, orderId) {
      await tx.query(`update ${schema}.orders set status = 'rejected' where id = $1`, [orderId]);
    },
    async statusOf(orderId) {
      const sql = `select status from ${schema}.orders where id = $1`;
      const { rows } = await pool.query<{ status: OrderStatus }>(sql, [orderId]);
      return rows[0]?.status ?? "pending";
    },
  };
}
