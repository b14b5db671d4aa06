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
import type { SqliteDatabase, SqliteStatement } from "./driver.js";

type Refs = Parameters<SagaStore["load"]>[0];
type Pending = Awaited<ReturnType<SagaStore["pending"]>>;

/** Sagas of the definitions in a JSON array of `[type, version, hash]`. */
const isMine = "json_array(s.type, s.version, s.hash) in (select value from json_each(?))";

/** What the runner reads. */
export class SagaQueries {
  readonly #codec: StoreCodec;
  readonly #byId: SqliteStatement;
  readonly #byKey: SqliteStatement;
  readonly #byBusinessKey: SqliteStatement;
  readonly #due: SqliteStatement;
  readonly #unsent: SqliteStatement;
  readonly #touch: SqliteStatement;
  readonly #wanted: SqliteStatement;
  readonly #offer: SqliteStatement;
  readonly #events: SqliteStatement;
  readonly #underWay: SqliteStatement;

  constructor(database: SqliteDatabase, codec: StoreCodec) {
    this.#codec = codec;
    this.#byId = database.prepare("select * from sagaspec_saga where id = ?");
    this.#byKey = database.prepare(
      `select s.* from sagaspec_key k join sagaspec_saga s on s.id = k.saga_id
       where k.channel = ? and k.key = ? order by s.id`,
    );
    this.#byBusinessKey = database.prepare("select * from sagaspec_saga where type = ? and key = ?");
    const timers = "from sagaspec_saga where type = ? and version = ? and hash = ? and paused = 0";
    this.#due = database.prepare(`select * ${timers} and due_at <= ? order by due_at limit ?`);
    this.#unsent = database.prepare(
      `select e.key, e.saga_id, e.effect from sagaspec_effect e join sagaspec_saga s on s.id = e.saga_id
       where e.touched_at <= ? and e.lease_until <= ? and s.paused = 0 and ${isMine} order by e.touched_at limit ?`,
    );
    this.#touch = database.prepare("update sagaspec_effect set touched_at = ? where key = ?");
    this.#wanted = database.prepare(
      `select e.* from (select ? as now, ? as pause) t cross join sagaspec_event e where exists (
         select 1 from sagaspec_key k join sagaspec_saga s on s.id = k.saga_id
         where k.channel = e.channel and k.key = e.key
         and (e.offered_at <= k.registered_at or t.now >= e.offered_at
           + max(t.pause, min(e.offered_at - max(e.at, k.registered_at), t.pause * ${longestOffer})))
         and ${isMine}
       ) order by e.offered_at, e.at limit ?`,
    );
    this.#events = database.prepare("select * from sagaspec_event where channel = ? and key = ?");
    this.#underWay = database.prepare(
      `select hash, count(*) as count from sagaspec_saga
       where type = ? and version = ? and status <> 'completed' and status in (${statusesUnderWay.map(() => "?").join(", ")}) group by hash`,
    );
    this.#offer = database.prepare("update sagaspec_event set offered_at = ? where channel = ? and key = ? and id = ?");
  }

  load(refs: Refs): SagaRow[][] {
    return refs.map((ref) => {
      const found =
        "id" in ref
          ? this.#byId.all(ref.id)
          : "channel" in ref
            ? this.#byKey.all(ref.channel, ref.key)
            : this.#byBusinessKey.all(ref.type, ref.businessKey);
      return this.#rows(found);
    });
  }

  events(keys: readonly { readonly channel: string; readonly key: string }[]): EventRow[] {
    const distinct = new Map(keys.map((one) => [JSON.stringify([one.channel, one.key]), one]));
    const found = [...distinct.values()].flatMap(({ channel, key }) => this.#events.all(channel, key) as EventRecord[]);
    return skipUnreadable(found, (record) => eventRow(record, this.#codec)).sort((one, other) => one.at - other.at);
  }

  underWay(versions: readonly Pick<DefinitionRef, "type" | "version">[]): (DefinitionRef & { count: number })[] {
    return versions.flatMap(({ type, version }) => {
      const found = this.#underWay.all(type, version, ...statusesUnderWay) as {
        hash: string;
        count: number | bigint;
      }[];
      return found.map(({ hash, count }) => ({ type, version, hash, count: Number(count) }));
    });
  }

  /** Expects to run inside a transaction: it bumps what it takes. */
  pending(mine: readonly DefinitionRef[], limit: number, olderThanMs: number, now: number): Pending {
    const definitions = JSON.stringify(mine.map(({ type, version, hash }) => JSON.stringify([type, version, hash])));
    const due = mine
      .flatMap(({ type, version, hash }) => this.#rows(this.#due.all(type, version, hash, now, limit)))
      .sort((a, b) => Number(a.dueAt) - Number(b.dueAt));
    return {
      now,
      due: due.slice(0, limit),
      unsent: this.#takeUnsent(definitions, limit, now - olderThanMs, now),
      events: this.#offerEvents(definitions, limit, olderThanMs, now),
    };
  }

  #takeUnsent(definitions: string, limit: number, before: number, now: number): Pending["unsent"] {
    const found = this.#unsent.all(before, now, definitions, limit) as {
      key: string;
      saga_id: string;
      effect: string;
    }[];
    for (const { key } of found) this.#touch.run(now, key);
    return skipUnreadable(found, ({ saga_id, effect }) => ({
      sagaId: saga_id,
      effect: parseJsonText(this.#codec.decode(effect)) as unknown as Effect,
    }));
  }

  #offerEvents(definitions: string, limit: number, olderThanMs: number, now: number): EventRow[] {
    const found = this.#wanted.all(now, olderThanMs, definitions, limit) as EventRecord[];
    for (const { channel, key, id } of found) this.#offer.run(now, channel, key, id);
    return skipUnreadable(found, (record) => eventRow(record, this.#codec)).sort((one, other) => one.at - other.at);
  }

  #rows(found: unknown[]): SagaRow[] {
    return (found as SagaRecord[]).map((record) => sagaRow(record, this.#codec));
  }
}
