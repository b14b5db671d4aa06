import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import { firstHoldMs, keptText, longestHoldMs, type Outbox, readKept } from "../../messaging/outbox.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { skipUnreadable } from "../sql/skip-unreadable.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupCommit } from "./group-commit.js";

interface Parts {
  readonly database: SqliteDatabase;
  readonly group: GroupCommit;
  readonly codec: StoreCodec;
  readonly clock: Clock;
  isClosed(): boolean;
}

/** Messages that wait for the transactions in which they were sent. */
export function createSqliteOutbox({ database, group, codec, clock, isClosed }: Parts): Outbox {
  const insert = database.prepare("insert into sagaspec_outbox (message, tries, due_at) values (?, 0, ?)");
  const find = database.prepare(
    "select id, message, tries + 1 as tries from sagaspec_outbox where due_at <= ? order by due_at, id limit ?",
  );
  const hold = database.prepare("update sagaspec_outbox set tries = tries + 1, due_at = ? where id = ?");
  const drop = database.prepare("delete from sagaspec_outbox where id = ?");
  return {
    add(tx, messages) {
      requireDatabase(tx, database, "SQLite outbox");
      for (const message of messages) insert.run(codec.encode(keptText(message)), clock.now());
    },

    async take(limit) {
      if (isClosed()) return undefined;
      const now = clock.now();
      // A look costs no transaction.
      if (find.get(now, 1) === undefined) return [];
      const found = await group.one(() => {
        const rows = find.all(now, limit) as { id: number | bigint; message: string; tries: number | bigint }[];
        for (const { id, tries } of rows) {
          const holdMs = Math.min(longestHoldMs, firstHoldMs * 2 ** Math.min(Number(tries) - 1, 10));
          hold.run(now + holdMs, Number(id));
        }
        return rows;
      });
      const inOrder = [...found].sort((a, b) => Number(a.id) - Number(b.id));
      return skipUnreadable(inOrder, ({ id, message, tries }) => ({
        id: String(id),
        message: readKept(codec.decode(message)),
        tries: Number(tries),
      }));
    },

    async remove(ids) {
      if (ids.length === 0) return;
      await group.one(() => {
        for (const id of ids) drop.run(Number(id));
      });
    },
  };
}

/** @throws SagaspecError `invalid-usage` for another connection: the store would not see what it does in time */
export function requireDatabase(tx: unknown, database: SqliteDatabase, subject: string): void {
  if (tx === database) return;
  const text = `${subject}: the transaction is none of the store's connection; pass \`store.database\``;
  throw new SagaspecError("invalid-usage", `${text}, on which it was begun`);
}
