import { SagaspecError } from "../../core/errors.js";
import { firstHoldMs, keptText, longestHoldMs, type Outbox, readKept } from "../../messaging/outbox.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { skipUnreadable } from "../sql/skip-unreadable.js";
import { nowMs } from "./clock.js";
import { arrayOf } from "./columns.js";
import type { Database } from "./database.js";
import type { PostgresQuery, PostgresQueryable } from "./driver.js";

/** Messages that wait for the transactions in which they were sent. */
export function createPostgresOutbox(database: Database, codec: StoreCodec): Outbox {
  const { schema } = database;
  return {
    async add(tx, messages) {
      const rows = rowsIn(tx, "PostgreSQL outbox");
      await database.prepared();
      await rows({
        text: `
          insert into ${schema}.outbox (message, due_at)
          select m.message, ${nowMs} from unnest($1::text[]) with ordinality as m(message, n) order by m.n`,
        values: [arrayOf(messages.map((message) => codec.encode(keptText(message))))],
      });
    },

    async take(limit) {
      if (database.isClosed) return undefined;
      const found = await database.rows<{ id: string; message: string; tries: number }>({
        text: `
          with taken as materialized (
            select id from ${schema}.outbox where due_at <= (select ${nowMs})
            order by due_at, id limit $1 for update skip locked
          )
          update ${schema}.outbox o set tries = o.tries + 1,
            due_at = ${nowMs} + least(${longestHoldMs}, ${firstHoldMs} * 2 ^ least(o.tries, 10))::bigint
          from taken t where o.id = t.id returning o.id::text, o.message, o.tries`,
        values: [limit],
      });
      const inOrder = [...found].sort((a, b) => Number(a.id) - Number(b.id));
      return skipUnreadable(inOrder, ({ id, message, tries }) => ({
        id,
        message: readKept(codec.decode(message)),
        tries: Number(tries),
      }));
    },

    async remove(ids) {
      if (ids.length === 0) return;
      const text = `delete from ${schema}.outbox where id = any($1::bigint[])`;
      await database.rows({ text, values: [arrayOf(ids)] });
    },
  };
}

/** Runs a statement in a transaction that somebody else has begun, by `pg` or by postgres.js. */
export type RowsInTransaction = (query: PostgresQuery) => Promise<readonly unknown[]>;

interface PostgresJs {
  unsafe(text: string, values?: unknown[]): PromiseLike<readonly unknown[]>;
}

/** @throws SagaspecError `invalid-usage` for what is no connection */
export function rowsIn(tx: unknown, subject: string): RowsInTransaction {
  const given = tx as Partial<PostgresQueryable & PostgresJs> | null;
  const isObject = (typeof tx === "object" && tx !== null) || typeof tx === "function";
  if (isObject && typeof given?.unsafe === "function") {
    return async ({ text, values = [] }) => (tx as PostgresJs).unsafe(text, values);
  }
  if (isObject && typeof given?.query === "function") {
    return async (query) => (await (tx as PostgresQueryable).query(query)).rows;
  }
  throw new SagaspecError(
    "invalid-usage",
    `${subject}: the transaction is no connection; pass the client on which it was begun`,
  );
}
