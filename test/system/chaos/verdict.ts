/** What there is at the end, read from the databases of both sides. */
import type pg from "pg";
import { participantSchema } from "./effects.js";

/** Nobody waits for anything any more when these are empty or zero. */
export interface Verdict {
  /** Sagas by status. */
  readonly statuses: { readonly [status: string]: number };
  /** Orders that have no saga, or that have more than one. */
  readonly lostOrDoubled: readonly string[];
  /** Commands that took effect more than once. */
  readonly takenTwice: readonly string[];
  /** Steps of compensated sagas that are still in effect, and steps of completed ones that are not. */
  readonly orphans: readonly string[];
  /** Messages and functions that nobody has carried out. */
  readonly effectsLeft: number;
}

/** Sagas that have not come to rest. */
export async function underWay(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    "select count(*)::integer as count from sagaspec.saga where status in ('running', 'compensating')",
  );
  return rows[0].count;
}

export async function judge(pool: pg.Pool, orders: readonly { readonly orderId: string }[]): Promise<Verdict> {
  const column = async (sql: string): Promise<string[]> => (await pool.query(sql)).rows.map(({ it }) => it);
  const statuses = await pool.query("select status, count(*)::integer as count from sagaspec.saga group by status");
  const keys = new Set(await column("select key as it from sagaspec.saga"));
  const expected = new Set(orders.map(({ orderId }) => orderId));
  // A step is named by the id of its command, <saga>/<step>/do/<round>; what it did stands unless it was undone.
  const standing = `
    with step as (
      select split_part(message_id, '/', 1) as saga_id, split_part(message_id, '/', 2) as step,
        count(*) filter (where undoes is null) as done, count(*) filter (where undoes is not null) as undone
      from ${participantSchema}.effect_taken group by 1, 2
    )`;
  return {
    statuses: Object.fromEntries(statuses.rows.map(({ status, count }) => [status, count])),
    lostOrDoubled: [...[...expected].filter((key) => !keys.has(key)), ...[...keys].filter((key) => !expected.has(key))],
    takenTwice: [
      ...(await column(
        `select message_id as it from ${participantSchema}.effect_taken group by message_id having count(*) > 1`,
      )),
      ...(await column(`${standing} select saga_id || '/' || step as it from step where done > 1`)),
    ],
    orphans: await column(`${standing}
      select s.id || ' ' || s.status || ' ' || w.step || ' ' || coalesce(done, 0) || ' ' || coalesce(undone, 0) as it
      from sagaspec.saga s cross join (values ('stock'), ('payment'), ('shipping')) as w(step)
      left join step e on e.saga_id = s.id and e.step = w.step
      where case s.status
        when 'completed' then coalesce(done, 0) <> 1 or undone > 0
        else coalesce(done, 0) > 0 and coalesce(undone, 0) = 0 end`),
    effectsLeft: (await pool.query("select count(*)::integer as count from sagaspec.effect")).rows[0].count,
  };
}

/** How long a saga waited for its next transition, in milliseconds, and what that was. */
export interface Recovery {
  readonly ms: number;
  readonly next: string;
}

/**
 * The saga under way at `at` that needed the longest time from then to its next transition. Sagas belong to no worker:
 * those that a dead one had in hand are among them.
 */
export async function slowestRecovery(pool: pg.Pool, at: number): Promise<Recovery> {
  const { rows } = await pool.query(
    `select (next.at - $1::bigint)::integer as ms, concat_ws(' ', next.kind, next.message_id) as next
     from sagaspec.saga s cross join lateral (
       select l.at, l.kind, l."messageId" as message_id from sagaspec.history h, ${linesOf("h")}
       where h.saga_id = s.id and l.at > $1 order by l.seq limit 1
     ) next
     where s.started_at <= $1 and s.updated_at > $1 and not exists (
       select 1 from sagaspec.history h, ${linesOf("h")} where h.saga_id = s.id and l.kind = 'ended' and l.at <= $1
     ) order by next.at desc limit 1`,
    [at],
  );
  return rows[0] ?? { ms: 0, next: "nothing was under way" };
}

function linesOf(history: string): string {
  return `jsonb_to_recordset(${history}.lines::jsonb) as l(seq integer, at bigint, kind text, "messageId" text)`;
}
