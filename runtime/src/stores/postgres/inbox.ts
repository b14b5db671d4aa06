import type { Finish, Finished, Inbox, InboxAdmin } from "../../messaging/inbox.js";
import { jsonText, type StoreCodec } from "../../saga/store/stored-json.js";
import { RolledBack, readReply } from "../sql/inbox-record.js";
import { skipUnreadable } from "../sql/skip-unreadable.js";
import { nowMs } from "./clock.js";
import { columnArrays } from "./columns.js";
import type { Database } from "./database.js";
import type { PostgresQuery } from "./driver.js";
import { InboxClaims } from "./inbox-claims.js";
import { type RowsInTransaction as Rows, rowsIn } from "./outbox.js";

/** The participant's inbox of one schema, shared by all its processes. */
export function createPostgresInbox(database: Database, codec: StoreCodec): Inbox & InboxAdmin {
  const { schema } = database;
  const claims = new InboxClaims(database, codec);

  /** An undo that ends also marks its command, by inserting the row where there is none. */
  const record = (batch: readonly Finish[]): PostgresQuery => ({
    text: `
      with outcome as materialized (
        select * from unnest($1::text[], $2::text[], $3::boolean[]) as o(token, reply, unsent)
      ), held as materialized (
        select i.message_id, i.undoes, i.operation, o.* from ${schema}.inbox i join outcome o on o.token = i.token
        where i.state = 'executing' order by i.message_id for update of i
      ), finished as (
        update ${schema}.inbox i set state = 'done', reply = h.reply, unsent = h.unsent, updated_at = ${nowMs}
        from held h where i.message_id = h.message_id and h.reply is not null
      ), freed as (
        delete from ${schema}.inbox i using held h where i.message_id = h.message_id and h.reply is null
      ), undone as (
        insert into ${schema}.inbox
          (message_id, operation, fingerprint, state, token, lease_until, updated_at, unsent)
        select undoes, operation, '', 'undone', gen_random_uuid()::text, 0, ${nowMs}, false
        from held where undoes is not null and reply is not null order by undoes
        on conflict (message_id) do update
          set state = 'undone', key = null, unsent = false, updated_at = excluded.updated_at
      )
      select token from held`,
    values: columnArrays(
      batch.map(({ token, reply }) => [
        token,
        reply ? codec.encode(jsonText(reply, `reply ${reply.name}`)) : null,
        reply !== undefined && reply.name !== "",
      ]),
      3,
    ),
  });
  /** Of executions that do not hold their claim; `done` by an earlier try whose answer was lost. */
  const verdicts = async (rows: Rows, tokens: readonly string[]): Promise<ReadonlyMap<string, Finished>> => {
    if (tokens.length === 0) return new Map();
    const found = await rows({
      text: `select token, state from ${schema}.inbox where token = any($1::text[]) and state <> 'executing'`,
      values: [tokens],
    });
    return new Map((found as { token: string; state: Finished }[]).map(({ token, state }) => [token, state]));
  };
  const ownRows: Rows = (query) => database.rows(query);

  return {
    claim: (batch, leaseMs) => claims.take(batch, leaseMs),

    async finish(batch, tx) {
      const rows = tx === undefined ? ownRows : rowsIn(tx, "PostgreSQL inbox");
      const held = new Set(((await rows(record(batch))) as { token: string }[]).map(({ token }) => token));
      const rest = batch.filter(({ token }) => !held.has(token));
      const others = await verdicts(
        rows,
        rest.map(({ token }) => token),
      );
      return batch.map(({ token }) => (held.has(token) ? "done" : (others.get(token) ?? "lost")));
    },

    async transact(token, work) {
      let worked = false;
      try {
        return await database.once<Finished>(async (client) => {
          const reply = await work(client);
          worked = true;
          const { rows } = await client.query(database.bounded(record([{ token, reply }])));
          if (rows.length === 0) throw new RolledBack("lost");
          return "done";
        });
      } catch (error) {
        if (!worked) throw error;
        const verdict = (await verdicts(ownRows, [token])).get(token);
        if (error instanceof RolledBack) return verdict === "undone" ? "undone" : "lost";
        // The answer to `commit` may be what was lost.
        if (verdict === "done") return "done";
        throw database.unavailable(error);
      }
    },

    async renew(tokens, leaseMs) {
      await claims.renew(tokens, leaseMs);
    },

    async unsent(operations, olderThanMs, limit) {
      const found = await database.rows<{ token: string; reply: string }>({
        text: `
          select token, reply from ${schema}.inbox
          where unsent and updated_at <= (select ${nowMs}) - $1::bigint and operation = any($3::text[])
          order by updated_at limit $2`,
        values: [olderThanMs, limit, operations],
      });
      return skipUnreadable(found, ({ token, reply }) => ({ token, reply: readReply(reply, codec) }));
    },

    async sent(tokens) {
      await database.rows({
        text: `
          with told as materialized (
            select message_id from ${schema}.inbox where token = any($1::text[]) order by message_id for update
          )
          update ${schema}.inbox i set unsent = false from told t where i.message_id = t.message_id`,
        values: [tokens],
      });
    },

    async purge(unchangedSince, limit) {
      const gone = await database.rows({
        text: `
          delete from ${schema}.inbox where message_id in (
            select message_id from ${schema}.inbox where updated_at < $1 and (state <> 'executing' or lease_until < $1)
            order by updated_at limit $2 for update skip locked
          ) returning 1`,
        values: [unchangedSince, limit],
      });
      return gone.length;
    },

    async close() {},
  };
}
