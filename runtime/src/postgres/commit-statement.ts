import { effectKey } from "../saga/ids.js";
import type { Commit } from "../saga/store.js";
import type { StoreCodec } from "../saga/stored-json.js";
import {
  changingColumns,
  effectValues,
  historyValues,
  type SqlValue,
  sagaColumns,
  sagaValues,
} from "../sql/saga-record.js";
import { nowMs } from "./clock.js";

const sagaTypes = [
  ...["text", "text", "integer", "text", "text", "text", "text", "boolean", "text", "integer", "text"],
  ...["bigint", "bigint", "bigint", "text", "integer"],
];
const historyTypes = ["text", "integer", "bigint", "text", "text", "integer", "text", "text"];
const effectTypes = ["text", "text", "text", "bigint"];
const closedTypes = ["text", "text"];
const keyTypes = ["text", "text", "text", "boolean"];

/**
 * A batch of transitions as one statement. It answers the ids of those that hold: swapped now, or by an earlier try.
 *
 * Locks are taken in one order, or two workers would wait for each other: sagas by id, then business keys, then effects
 * by key. Everything else hangs on the rows that were locked or inserted.
 */
export function commitStatement(schema: string): string {
  let position = 0;
  const unnest = (types: readonly string[]) => `unnest(${types.map((type) => `$${++position}::${type}[]`).join(", ")})`;
  const columns = sagaColumns.join(", ");
  return `
    with incoming as materialized (
      select * from ${unnest(sagaTypes)} as i(${columns}, expected)
    ), locked as materialized (
      select s.id from ${schema}.saga s join incoming i on i.id = s.id and i.expected = s.revision
      order by s.id for update of s
    ), updated as (
      update ${schema}.saga s set ${changingColumns.map((column) => `${column} = i.${column}`).join(", ")}
      from locked l join incoming i on i.id = l.id where s.id = l.id returning s.id
    ), inserted as (
      insert into ${schema}.saga (${columns})
      select ${columns} from incoming i where i.expected = 0 and (select count(*) from locked) >= 0 order by i.key, i.id
      on conflict do nothing returning id
    ), done as materialized (
      select id from updated union all select id from inserted
    ), recorded as (
      insert into ${schema}.history
      select h.* from ${unnest(historyTypes)} as h(saga_id, seq, at, kind, step, attempt, message_id, data)
      join done on done.id = h.saga_id
    ), opened as (
      insert into ${schema}.effect
      select o.key, o.saga_id, o.effect, ${nowMs}, o.lease_until
      from ${unnest(effectTypes)} as o(key, saga_id, effect, lease_until) join done on done.id = o.saga_id
      on conflict (key) do update set effect = excluded.effect, touched_at = excluded.touched_at,
        lease_until = excluded.lease_until
    ), ended as materialized (
      select e.key from (
        select c.key from ${unnest(closedTypes)} as c(key, saga_id) join done on done.id = c.saga_id
        union select key from ${unnest(["text"])} as confirmed(key) where (select count(*) from done) >= 0
      ) over_now join ${schema}.effect e on e.key = over_now.key order by e.key for update of e
    ), closed as (
      delete from ${schema}.effect e using ended where e.key = ended.key
    ), changed as materialized (
      select k.* from ${unnest(keyTypes)} as k(channel, key, saga_id, wanted) join done on done.id = k.saga_id
    ), asked as (
      insert into ${schema}.key select channel, key, saga_id, ${nowMs} from changed where wanted on conflict do nothing
    ), unasked as (
      delete from ${schema}.key k using changed c
      where not c.wanted and k.channel = c.channel and k.key = c.key and k.saga_id = c.saga_id
    )
    select i.id from incoming i
    where exists (select 1 from done where done.id = i.id)
       or exists (select 1 from ${schema}.saga s where s.id = i.id and s.token = i.token)`;
}

/** The values of {@link commitStatement}. Sagas of the batch differ. @throws SagaspecError for data that is no JSON */
export function commitValues(batch: readonly Commit[], confirmed: readonly string[], codec: StoreCodec): unknown[] {
  const opened = new Map<string, SqlValue[]>();
  const keys = new Map<string, (SqlValue | boolean)[]>();
  for (const { row, open, keys: changes } of batch) {
    for (const effect of open) {
      const [key = "", sagaId = "", text = "", , leaseUntil = 0] = effectValues(row.id, effect, 0, codec);
      opened.set(effectKey(effect), [key, sagaId, text, leaseUntil]);
    }
    for (const { channel, key, on } of changes) {
      keys.set(JSON.stringify([channel, key, row.id]), [channel, key, row.id, on]);
    }
  }
  const closed = batch.flatMap(({ row, closed }) => closed.map((key) => [key, row.id]));
  // One statement cannot delete a row and write it anew: what is opened stays.
  return [
    ...transposed(
      batch.map(({ row, expected }) => [...sagaValues(row, codec), expected]),
      sagaTypes.length,
    ),
    ...transposed(
      batch.flatMap(({ records }) => records.map((record) => historyValues(record, codec))),
      historyTypes.length,
    ),
    ...transposed([...opened.values()], effectTypes.length),
    ...transposed(
      closed.filter(([key]) => !opened.has(key ?? "")),
      closedTypes.length,
    ),
    confirmed.filter((key) => !opened.has(key)),
    ...transposed([...keys.values()], keyTypes.length),
  ];
}

/** Rows to columns. */
export function transposed(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}
