import type { Effect } from "../../saga/store/effects.js";
import {
  type DefinitionRef,
  type EventRow,
  longestOffer,
  type SagaRow,
  type SagaStore,
  statusesUnderWay,
} from "../../saga/store/saga-store.js";
import { parseJsonText, type StoreCodec } from "../../saga/store/stored-json.js";
import { type EventRecord, eventRow, type SagaRecord, sagaRow } from "../sql/saga-record.js";
import { skipUnreadable } from "../sql/skip-unreadable.js";
import { nowMs, slotBits } from "./clock.js";
import type { Database } from "./database.js";
import { isStorable } from "./driver.js";

type Refs = Parameters<SagaStore["load"]>[0];
type Pending = Awaited<ReturnType<SagaStore["pending"]>>;

type UnderWay = DefinitionRef & { readonly count: number };

/** Sagas of the definitions in the first three values. */
const isMine = "(s.type, s.version, s.hash) in (select * from unnest($1::text[], $2::integer[], $3::text[]))";

/** What the runner reads. */
export class SagaQueries {
  readonly #database: Database;
  readonly #codec: StoreCodec;

  constructor(database: Database, codec: StoreCodec) {
    this.#database = database;
    this.#codec = codec;
  }

  /** One statement for each kind of reference there is. What cannot be stored is not there. */
  async load(refs: Refs): Promise<SagaRow[][]> {
    const { schema } = this.#database;
    const found = refs.map((): SagaRow[] => []);
    const read = async (
      text: string,
      wishes: readonly (readonly [place: number, ...values: string[]])[],
      width: number,
    ) => {
      const wanted = wishes.filter(([, ...values]) => values.every(isStorable));
      if (wanted.length === 0) return;
      const columns = Array.from({ length: width + 1 }, (_, column) => wanted.map((one) => one[column]));
      const records = await this.#database.rows<SagaRecord & { place: number }>({ text, values: columns });
      for (const record of records) found[record.place]?.push(sagaRow(record, this.#codec));
    };
    const wanted = refs.map((ref, place) => ({ ref, place }));
    await Promise.all([
      read(
        `select r.place, s.* from unnest($1::integer[], $2::text[]) as r(place, id) join ${schema}.saga s on s.id = r.id`,
        wanted.flatMap(({ ref, place }) => ("id" in ref ? [[place, ref.id] as const] : [])),
        1,
      ),
      read(
        `select r.place, s.* from unnest($1::integer[], $2::text[], $3::text[]) as r(place, channel, key)
         join ${schema}.key k on k.channel = r.channel and k.key = r.key
         join ${schema}.saga s on s.id = k.saga_id order by s.id`,
        wanted.flatMap(({ ref, place }) => ("channel" in ref ? [[place, ref.channel, ref.key] as const] : [])),
        2,
      ),
      read(
        `select r.place, s.* from unnest($1::integer[], $2::text[], $3::text[]) as r(place, type, key)
         join ${schema}.saga s on s.type = r.type and s.key = r.key`,
        wanted.flatMap(({ ref, place }) => ("type" in ref ? [[place, ref.type, ref.businessKey] as const] : [])),
        2,
      ),
    ]);
    return found;
  }

  async events(wishes: readonly { readonly channel: string; readonly key: string }[]): Promise<EventRow[]> {
    const keys = wishes.filter(({ key }) => isStorable(key));
    const records = await this.#database.rows<EventRecord>({
      text: `
        select e.channel, e.key, e.id, e.name, e.payload, e.at
        from (select distinct * from unnest($1::text[], $2::text[]) as k(channel, key)) k
        join ${this.#database.schema}.event e on e.channel = k.channel and e.key = k.key order by e.at`,
      values: [keys.map(({ channel }) => channel), keys.map(({ key }) => key)],
    });
    return skipUnreadable(records, (record) => eventRow(record, this.#codec));
  }

  async underWay(versions: readonly Pick<DefinitionRef, "type" | "version">[]): Promise<UnderWay[]> {
    const rows = await this.#database.rows<{ type: string; version: number; hash: string; count: unknown }>({
      text: `
        select type, version, hash, count(*) as count from ${this.#database.schema}.saga
        where status <> 'completed' and status in (${statusesUnderWay.map((one) => `'${one}'`).join(", ")})
          and (type, version) in (select * from unnest($1::text[], $2::integer[]))
        group by type, version, hash`,
      values: [versions.map(({ type }) => type), versions.map(({ version }) => version)],
    });
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  async pending(mine: readonly DefinitionRef[], limit: number, olderThanMs: number): Promise<Pending> {
    const definitions = [
      mine.map(({ type }) => type),
      mine.map(({ version }) => version),
      mine.map(({ hash }) => hash),
    ];
    const [timers, unsent, events] = await Promise.all([
      this.#timers(definitions, limit),
      this.#unsent(definitions, limit, olderThanMs),
      this.#events(definitions, limit, olderThanMs),
    ]);
    return { ...timers, unsent, events };
  }

  async #timers(definitions: unknown[], limit: number): Promise<Pick<Pending, "now" | "due">> {
    const { schema } = this.#database;
    const [clock] = await this.#database.rows<{ now: unknown }>({ text: `select ${nowMs} as now` });
    const now = Number(clock?.now);
    // For each definition on its own, the earliest slot first: as the index has them, however many others are due.
    const records = await this.#database.rows<SagaRecord>({
      text: `
        select s.* from unnest($1::text[], $2::integer[], $3::text[]) as d(type, version, hash) cross join lateral (
          select * from ${schema}.saga where type = d.type and version = d.version and hash = d.hash
            and due_slot <= $4::bigint >> ${slotBits} and due_at <= $4 and not paused order by due_slot, due_at limit $5
        ) s order by s.due_at limit $5`,
      values: [...definitions, now, limit],
    });
    return { now, due: records.map((record) => sagaRow(record, this.#codec)) };
  }

  /**
   * The clock stands in a subquery, and the saga behind an `offset`: else the index on age is of no use, and a planner that
   * knows nothing of the tables yet reads all effects for each saga (seen: a second for 400 effects and 6,000 sagas).
   */
  async #unsent(definitions: unknown[], limit: number, olderThanMs: number): Promise<Pending["unsent"]> {
    const { schema } = this.#database;
    const taken = await this.#database.rows<{ saga_id: string; effect: string; since: unknown }>({
      text: `
        with taken as materialized (
          select e.key, e.touched_at as since from ${schema}.effect e cross join lateral (
            select 1 from ${schema}.saga s where s.id = e.saga_id and not s.paused and ${isMine} offset 0
          ) s
          where e.touched_at <= (select ${nowMs}) - $4::bigint and e.lease_until <= (select ${nowMs})
          order by e.touched_at limit $5 for update of e skip locked
        )
        update ${schema}.effect e set touched_at = ${nowMs} from taken where e.key = taken.key
        returning e.saga_id, e.effect, taken.since`,
      values: [...definitions, olderThanMs, limit],
    });
    taken.sort((a, b) => Number(a.since) - Number(b.since));
    return skipUnreadable(taken, ({ saga_id, effect }) => ({
      sagaId: saga_id,
      effect: parseJsonText(this.#codec.decode(effect)) as unknown as Effect,
    }));
  }

  async #events(definitions: unknown[], limit: number, olderThanMs: number): Promise<Pending["events"]> {
    const { schema } = this.#database;
    const offered = await this.#database.rows<EventRecord>({
      text: `
        with wanted as materialized (
          select e.channel, e.key, e.id from ${schema}.event e where exists (
            select 1 from ${schema}.key k join ${schema}.saga s on s.id = k.saga_id
            where k.channel = e.channel and k.key = e.key
              and (e.offered_at <= k.registered_at or (select ${nowMs}) >= e.offered_at
                + greatest($4::bigint, least(e.offered_at - greatest(e.at, k.registered_at), $4::bigint * ${longestOffer})))
              and ${isMine}
          ) order by e.offered_at, e.at limit $5 for update of e skip locked
        )
        update ${schema}.event e set offered_at = ${nowMs} from wanted w
        where e.channel = w.channel and e.key = w.key and e.id = w.id
        returning e.channel, e.key, e.id, e.name, e.payload, e.at`,
      values: [...definitions, olderThanMs, limit],
    });
    return skipUnreadable(offered, (record) => eventRow(record, this.#codec)).sort((a, b) => a.at - b.at);
  }
}
