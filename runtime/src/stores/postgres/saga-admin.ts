import type { SagaAdmin } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { sagaPage, sagaPageQuery } from "../sql/saga-page.js";
import { type HistoryRecord, historyRows, noState, type SagaRecord, sagaRow } from "../sql/saga-record.js";
import type { Database } from "./database.js";

/** The questions people ask of a PostgreSQL store. */
export function createPostgresSagaAdmin(database: Database, codec: StoreCodec): SagaAdmin {
  const { schema } = database;

  /** `old`: the finished sagas of which that is true, the oldest first, and their children that finished before as well. */
  const withChildren = (where: string, before: string, limit: string) => `
    with recursive oldest as materialized (
      select id from ${schema}.saga s where finished_at < ${before} and ${where}
      order by finished_at limit ${limit} for update skip locked
    ),
    old as (
      select id from oldest
      union
      select c.id from ${schema}.saga c join old on c.parent = old.id where c.finished_at < ${before}
    )`;

  return {
    async get(id) {
      const [record] = await database.rows<SagaRecord>({
        text: `select * from ${schema}.saga where id = $1`,
        values: [id],
      });
      return record && sagaRow(record, codec);
    },

    async list(filter) {
      const query = sagaPageQuery(filter, {
        table: `${schema}.saga`,
        placeholder: (position) => `$${position}`,
        hasStep: (parameter) => `cursor::jsonb ? ${parameter}`,
      });
      return sagaPage(await database.rows<SagaRecord>(query), filter, codec);
    },

    async history(id) {
      const found = await database.rows<HistoryRecord>({
        text: `select * from ${schema}.history where saga_id = $1 order by seq`,
        values: [id],
      });
      return historyRows(found, codec);
    },

    async shrink({ after, before }, limit) {
      const [shrunk] = await database.rows<{ count: unknown }>({
        text: `
          ${withChildren(
            `finished_at >= $1 and state <> '${noState}'
             and not exists (select 1 from ${schema}.saga p where p.id = s.parent and p.state <> '${noState}')`,
            "$2",
            "$3",
          )},
          shrunk as (
            update ${schema}.saga s set state = '${noState}' from old where s.id = old.id and s.state <> '${noState}'
            returning 1
          )
          select count(*) as count from shrunk`,
        values: [after, before, limit],
      });
      return Number(shrunk?.count);
    },

    async purge(finishedBefore, limit) {
      const [purged] = await database.rows<{ count: unknown }>({
        text: `
          ${withChildren(`not exists (select 1 from ${schema}.saga p where p.id = s.parent)`, "$1", "$2")},
          history as (delete from ${schema}.history h using old where h.saga_id = old.id),
          effects as (delete from ${schema}.effect e using old where e.saga_id = old.id),
          keys as (delete from ${schema}.key k using old where k.saga_id = old.id),
          sagas as (delete from ${schema}.saga s using old where s.id = old.id returning 1)
          select count(*) as count from sagas`,
        values: [finishedBefore, limit],
      });
      return Number(purged?.count);
    },

    async dropEvents(storedBefore, keepPerChannel) {
      const [dropped] = await database.rows<{ count: unknown }>({
        text: `
          with early as (
            select e.channel, e.key, e.id, e.at,
              row_number() over (partition by e.channel order by e.at desc, e.id desc) as place
            from ${schema}.event e
            where not exists (select 1 from ${schema}.key k where k.channel = e.channel and k.key = e.key)
          ),
          gone as (
            delete from ${schema}.event e using early
            where e.channel = early.channel and e.key = early.key and e.id = early.id
              and (early.at < $1 or early.place > $2)
            returning 1
          )
          select count(*) as count from gone`,
        values: [storedBefore, keepPerChannel],
      });
      return Number(dropped?.count);
    },
  };
}
