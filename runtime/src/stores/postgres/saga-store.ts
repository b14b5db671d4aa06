import { bisect } from "../../core/bisect.js";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { sagasHandedOver } from "../../saga/store/hand-over.js";
import type { Commit, CommitExtras, SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { effectValues, eventValues } from "../sql/saga-record.js";
import { arrayOf, columnArrays } from "./columns.js";
import { commitCall } from "./commit-function.js";
import { commitValues, type EncodedCommit, encodeCommit } from "./commit-values.js";
import type { Database } from "./database.js";
import { isDataError, type PostgresQuery, severityOf } from "./driver.js";
import { createNotices } from "./listener.js";
import { rowsIn } from "./outbox.js";
import { createPostgresSagaAdmin } from "./saga-admin.js";
import { SagaQueries } from "./saga-queries.js";

type Verdict = "done" | "conflict" | Error;

/** The sagas of one schema. */
export function createSagaStore(database: Database, codec: StoreCodec): Omit<SagaStore, "close"> & SagaAdmin {
  const { schema } = database;
  const queries = new SagaQueries(database, codec);
  const notices = createNotices(database);
  const text = commitCall(schema);
  const statement = (batch: readonly EncodedCommit[], confirmed: readonly string[]): PostgresQuery => ({
    text,
    values: commitValues(batch, confirmed, codec),
  });

  /** One statement, as long as the database refuses nothing in it: one saga cannot stop the others. */
  async function swap(batch: readonly EncodedCommit[], confirmed: readonly string[]): Promise<readonly Verdict[]> {
    if (batch.length + confirmed.length === 0) return [];
    const verdicts = await bisect(
      batch,
      async (some): Promise<Verdict[]> => {
        const rows = await database.rows<{ id: string }>(statement(some, confirmed));
        const done = new Set(rows.map(({ id }) => id));
        return some.map(({ commit: { row } }) => (done.has(row.id) ? "done" : "conflict"));
      },
      isDataError,
    );
    return batch.map(({ commit }, index) => {
      const verdict = verdicts[index] ?? "conflict";
      return verdict instanceof Error ? refused(commit, verdict) : verdict;
    });
  }

  async function commit(batch: readonly Commit[], confirmed: readonly string[]): Promise<Verdict[]> {
    const seen = new Set<string>();
    const checked = batch.map((one): EncodedCommit | Verdict => {
      if (seen.has(one.row.id)) return "conflict";
      seen.add(one.row.id);
      try {
        return encodeCommit(one, codec);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    });
    const verdicts = await swap(checked.filter(isEncoded), confirmed);
    let next = 0;
    return checked.map((one) => (isEncoded(one) ? (verdicts[next++] ?? "conflict") : one));
  }

  /** What a message brings along may be refused for what it is. */
  async function keep(query: PostgresQuery): Promise<void> {
    try {
      await database.rows(query);
    } catch (cause) {
      if (!isDataError(cause)) throw cause;
      throw new SagaspecError("invalid-message", `it cannot be stored in PostgreSQL: ${cause.message}`, { cause });
    }
  }

  /** Each on its own: they belong to no transition, and hold no lock that one of those could wait for. */
  async function housekeep({ events = [], left = [], leases }: CommitExtras): Promise<void> {
    for (const { sagaId, effect } of left) {
      const [key, , text] = effectValues(sagaId, effect, 0, codec);
      await keep({
        text: `insert into ${schema}.effect values ($1, $2, $3, 0, 0) on conflict do nothing`,
        values: [key, sagaId, text],
      });
    }
    if (leases && leases.effects.length > 0) {
      await database.rows({
        text: `
          with leased as materialized (
            select key from ${schema}.effect where key = any($2::text[]) order by key for update
          )
          update ${schema}.effect e set lease_until = $1 from leased where e.key = leased.key`,
        values: [leases.until, leases.effects],
      });
    }
    if (events.length > 0) {
      await keep({
        text: `
          insert into ${schema}.event
          select e.*, 0 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
            as e(channel, key, id, name, payload, at)
          order by e.channel, e.key, e.id on conflict do nothing`,
        values: columnArrays(
          events.map((event) => eventValues(event, codec)),
          6,
        ),
      });
    }
  }

  /** After the commit: what a crash between the two leaves is found once it is old. */
  async function handOver(also: CommitExtras): Promise<void> {
    const sagaIds = sagasHandedOver(also);
    if (sagaIds.length === 0) return;
    const keys = (also.handOver ?? []).flatMap((one) => one.keys);
    if (keys.length > 0) {
      const untouched = `update ${schema}.effect set touched_at = 0 where key = any($1::text[])`;
      await database.rows({ text: untouched, values: [keys] });
    }
    await notices.send(sagaIds);
  }

  return {
    ...createPostgresSagaAdmin(database, codec),
    name: database.name,
    ...(database.maxTransactions !== undefined && { maxTransactions: database.maxTransactions }),
    ...(database.maxConnections !== undefined && { maxConnections: database.maxConnections }),
    ...(notices.listen && { listen: notices.listen }),
    load: (refs) => queries.load(refs),
    underWay: (versions) => queries.underWay(versions),
    events: (keys) => queries.events(keys),
    pending: (mine, limit, olderThanMs) => queries.pending(mine, limit, olderThanMs),

    async commit(batch, also = {}) {
      const [verdicts] = await Promise.all([commit(batch, also.confirmed ?? []), housekeep(also)]);
      await handOver(also);
      return verdicts;
    },

    async begin(tx, commit, keys) {
      const rows = rowsIn(tx, "PostgreSQL store");
      await database.prepared();
      const begun = await rows(statement([encodeCommit(commit, codec)], []));
      if (begun.length === 0) return false;
      const untouched = `update ${schema}.effect set touched_at = 0 where key = any($1::text[])`;
      await rows({ text: untouched, values: [arrayOf(keys)] });
      await rows(notices.inTransaction(commit.row.id));
      return true;
    },

    async transact({ id, expected }, work) {
      let decided: Commit | undefined;
      let thrown: { readonly error: unknown } | undefined;
      try {
        return await database.once(async (client) => {
          const lock = `select 1 from ${schema}.saga where id = $1 and revision = $2 for update`;
          const { rows } = await client.query(database.bounded({ text: lock, values: [id, expected] }));
          if (rows.length === 0) return "conflict";
          try {
            decided = await work(client);
          } catch (error) {
            thrown = { error };
            throw error;
          }
          const swapped = await client.query(database.bounded(statement([encodeCommit(decided, codec)], [])));
          return swapped.rows.length === 1 ? "done" : "conflict";
        });
      } catch (error) {
        if (thrown) throw thrown.error;
        if (!decided) throw database.unavailable(error);
        if (severityOf(error) === "data") throw refused(decided, error);
        // The answer to `commit` may be what was lost: the token knows.
        const [row] = (await queries.load([{ id }]))[0] ?? [];
        if (row?.token === decided.row.token) return "done";
        throw database.unavailable(error);
      }
    },
  };
}

function isEncoded(one: EncodedCommit | Verdict): one is EncodedCommit {
  return typeof one === "object" && "commit" in one;
}

function refused({ row }: Commit, cause: unknown): Error {
  const why = messageOf(cause);
  return new SagaspecError("invalid-usage", `saga ${row.type} ${row.id}: its transition cannot be stored: ${why}`, {
    cause,
  });
}
