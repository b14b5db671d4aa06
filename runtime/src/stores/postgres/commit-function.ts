import { changingColumns, sagaColumns } from "../sql/saga-record.js";
import { nowMs } from "./clock.js";
import { splitJson } from "./columns.js";

export interface Part {
  readonly columns: readonly string[];
  /** `json` is text that comes joined. */
  readonly types: readonly string[];
}

const saga: Part = {
  columns: [...sagaColumns, "expected"],
  types: [
    ...["text", "text", "integer", "text", "text", "text", "text", "boolean", "json", "integer", "json"],
    ...["bigint", "bigint", "bigint", "text", "integer"],
  ],
};
const history: Part = {
  columns: ["saga_id", "seq", "lines"],
  types: ["text", "integer", "json"],
};
const effect: Part = {
  columns: ["key", "saga_id", "effect", "lease_until"],
  types: ["text", "text", "json", "bigint"],
};
const closed: Part = { columns: ["key", "saga_id"], types: ["text", "text"] };
const confirmed: Part = { columns: ["key"], types: ["text"] };
const key: Part = { columns: ["channel", "key", "saga_id", "wanted"], types: ["text", "text", "text", "boolean"] };

/** What a commit consists of, in the order of its parameters. */
export const commitParts: { readonly [name in "saga" | "history" | "effect" | "closed" | "confirmed" | "key"]: Part } =
  {
    saga,
    history,
    effect,
    closed,
    confirmed,
    key,
  };

const types = Object.values(commitParts).flatMap((part) => part.types);

/** Calls {@link commitFunction}. */
export function commitCall(schema: string): string {
  return `select id from ${schema}.commit_sagas(${types.map((_, index) => `$${index + 1}`).join(", ")}) as id`;
}

/**
 * A batch of transitions as one statement. It answers the ids of those that hold: swapped now, or by an earlier try.
 *
 * Locks are taken in one order, or two workers would wait for each other: sagas by id, then business keys, then effects
 * by key. A saga that somebody else has in hand, for a moment or for the whole of a run's transaction, conflicts at once:
 * the others of the batch do not wait for it. Everything else hangs on the rows that were locked or inserted.
 *
 * A function, so that a connection plans it once (seen: 1.3 ms for each commit, on PostgreSQL 15), and with no way open
 * to the planner but the indexes: the tables may have been empty when it planned. `is true` keeps it from joining the rows
 * of a batch one by one.
 */
export function commitFunction(schema: string): string {
  let position = 0;
  const array = (type: string) => (type === "json" ? splitJson(`$${++position}`) : `$${++position}`);
  const rows = ({ types }: Part) => `unnest(${types.map(array).join(", ")})`;
  const parameters = types.map((type) => (type === "json" ? "text" : `${type}[]`));
  const columns = sagaColumns.join(", ");
  const isDone = (id: string) => `(${id} in (select d.id from done d)) is true`;
  return `
    create function ${schema}.commit_sagas(${parameters.join(", ")}) returns setof text
    language plpgsql set plan_cache_mode = force_generic_plan set jit = off
    set enable_seqscan = off set enable_mergejoin = off set enable_bitmapscan = off as $$ begin return query
    with incoming as materialized (
      select * from ${rows(saga)} as i(${saga.columns.join(", ")})
    ), locked as materialized (
      select i.* from incoming i join ${schema}.saga s on s.id = i.id and s.revision = i.expected
      order by s.id for update of s skip locked
    ), updated as (
      update ${schema}.saga s set ${changingColumns.map((column) => `${column} = l.${column}`).join(", ")}
      from locked l where s.id = l.id returning s.id
    ), inserted as (
      insert into ${schema}.saga (${columns})
      select ${columns} from incoming i where i.expected = 0 and (select count(*) from locked) >= 0 order by i.key, i.id
      on conflict do nothing returning id
    ), done as materialized (
      select u.id from updated u union all select n.id from inserted n
    ), recorded as (
      insert into ${schema}.history
      select h.* from ${rows(history)} as h(${history.columns.join(", ")}) where ${isDone("h.saga_id")}
    ), opened as (
      insert into ${schema}.effect
      select o.key, o.saga_id, o.effect, ${nowMs}, o.lease_until
      from ${rows(effect)} as o(${effect.columns.join(", ")}) where ${isDone("o.saga_id")}
      on conflict (key) do update set effect = excluded.effect, touched_at = excluded.touched_at,
        lease_until = excluded.lease_until
    ), ended as materialized (
      select e.key from (
        select c.key from ${rows(closed)} as c(${closed.columns.join(", ")}) where ${isDone("c.saga_id")}
        union
        select f.key from ${rows(confirmed)} as f(${confirmed.columns.join(", ")}) where (select count(*) from done) >= 0
      ) over_now join ${schema}.effect e on e.key = over_now.key order by e.key for update of e
    ), closed as (
      delete from ${schema}.effect e using ended where e.key = ended.key
    ), changed as materialized (
      select k.* from ${rows(key)} as k(${key.columns.join(", ")}) where ${isDone("k.saga_id")}
    ), asked as (
      insert into ${schema}.key select c.channel, c.key, c.saga_id, ${nowMs} from changed c where c.wanted
      on conflict do nothing
    ), unasked as (
      delete from ${schema}.key k using changed c
      where not c.wanted and k.channel = c.channel and k.key = c.key and k.saga_id = c.saga_id
    )
    select i.id from incoming i
    where ${isDone("i.id")} or exists (select 1 from ${schema}.saga s where s.id = i.id and s.token = i.token);
    end $$`;
}
