import type { SagaAdmin } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { sagaPage, sagaPageQuery } from "../sql/saga-page.js";
import { type HistoryRecord, historyRows, noState, type SagaRecord, sagaRow } from "../sql/saga-record.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupCommit } from "./group-commit.js";

/** The questions people ask of an SQLite store. */
export function createSqliteSagaAdmin(database: SqliteDatabase, group: GroupCommit, codec: StoreCodec): SagaAdmin {
  return {
    async get(id) {
      const [record] = database.prepare("select * from sagaspec_saga where id = ?").all(id) as SagaRecord[];
      return record && sagaRow(record, codec);
    },

    async list(filter) {
      const { text, values } = sagaPageQuery(filter, {
        table: "sagaspec_saga",
        placeholder: () => "?",
        unindexed: (column) => `+${column}`,
        hasStep: (parameter) => `exists (select 1 from json_each(cursor) where value = ${parameter})`,
      });
      return sagaPage(database.prepare(text).all(...values) as SagaRecord[], filter, codec);
    },

    async history(id) {
      const found = database.prepare("select * from sagaspec_history where saga_id = ? order by seq").all(id);
      return historyRows(found as HistoryRecord[], codec);
    },

    shrink({ after, before }, limit) {
      return group.one(() => {
        const shrunk = database
          .prepare(
            `${withChildren(
              `updated_at >= ? and updated_at < ? and state <> '${noState}'
               and not exists (select 1 from sagaspec_saga p where p.id = s.parent and p.state <> '${noState}')`,
            )}
             update sagaspec_saga set state = '${noState}' where id in (select id from old) and state <> '${noState}'`,
          )
          .run(after, before, limit, before);
        return Number(shrunk.changes);
      });
    },

    purge(finishedBefore, limit) {
      return group.one(() => {
        const found = database
          .prepare(
            `${withChildren("updated_at < ? and not exists (select 1 from sagaspec_saga p where p.id = s.parent)")}
             select id from old`,
          )
          .all(finishedBefore, limit, finishedBefore) as { id: string }[];
        const ids = JSON.stringify(found.map(({ id }) => id));
        for (const table of ["sagaspec_history", "sagaspec_effect", "sagaspec_key"]) {
          database.prepare(`delete from ${table} where saga_id in (select value from json_each(?))`).run(ids);
        }
        database.prepare("delete from sagaspec_saga where id in (select value from json_each(?))").run(ids);
        return found.length;
      });
    },

    dropEvents(storedBefore, keepPerChannel) {
      return group.one(() => {
        const dropped = database
          .prepare(
            `delete from sagaspec_event where (channel, key, id) in (
               select channel, key, id from (
                 select e.channel, e.key, e.id, e.at,
                   row_number() over (partition by e.channel order by e.at desc, e.id desc) as place
                 from sagaspec_event e
                 where not exists (select 1 from sagaspec_key k where k.channel = e.channel and k.key = e.key)
               ) where at < ? or place > ?
             )`,
          )
          .run(storedBefore, keepPerChannel);
        return Number(dropped.changes);
      });
    },
  };
}

/**
 * `old`: the finished sagas of which that is true, the oldest first, and their children that finished before. Its last
 * parameters are how many, and before when.
 */
function withChildren(where: string): string {
  const isFinished = "status in ('completed', 'compensated', 'cancelled')";
  return `
    with recursive old (id) as (
      select id from (
        select id from sagaspec_saga s where ${isFinished} and ${where} order by updated_at limit ?
      )
      union
      select c.id from sagaspec_saga c join old on c.parent = old.id where c.${isFinished} and c.updated_at < ?
    )`;
}
