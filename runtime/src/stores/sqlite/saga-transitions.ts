import type { Commit, CommitExtras } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import {
  changingColumns,
  effectValues,
  eventValues,
  historyValues,
  type SqlValue,
  sagaColumns,
  sagaValues,
} from "../sql/saga-record.js";
import type { SqliteDatabase, SqliteStatement } from "./driver.js";

/** The statements that a transition is made of. Each method expects to run inside a transaction. */
export class SagaTransitions {
  readonly #codec: StoreCodec;
  readonly #insert: SqliteStatement;
  readonly #update: SqliteStatement;
  readonly #lock: SqliteStatement;
  readonly #token: SqliteStatement;
  readonly #record: SqliteStatement;
  readonly #open: SqliteStatement;
  readonly #close: SqliteStatement;
  readonly #lease: SqliteStatement;
  readonly #untouch: SqliteStatement;
  readonly #ask: SqliteStatement;
  readonly #unask: SqliteStatement;
  readonly #event: SqliteStatement;

  constructor(database: SqliteDatabase, codec: StoreCodec) {
    this.#codec = codec;
    this.#insert = database.prepare(
      `insert into sagaspec_saga (${sagaColumns.join(", ")}) values (${sagaColumns.map(() => "?").join(", ")})
       on conflict do nothing`,
    );
    this.#update = database.prepare(
      `update sagaspec_saga set ${changingColumns.map((column) => `${column} = ?`).join(", ")}
       where id = ? and revision = ?`,
    );
    this.#lock = database.prepare("select 1 from sagaspec_saga where id = ? and revision = ?");
    this.#token = database.prepare("select 1 from sagaspec_saga where id = ? and token = ?");
    this.#record = database.prepare("insert into sagaspec_history values (?, ?, ?)");
    this.#open = database.prepare("insert or replace into sagaspec_effect values (?, ?, ?, ?, ?)");
    this.#close = database.prepare("delete from sagaspec_effect where key = ?");
    this.#lease = database.prepare("update sagaspec_effect set lease_until = ? where key = ?");
    this.#untouch = database.prepare("update sagaspec_effect set touched_at = 0 where key = ?");
    this.#ask = database.prepare("insert into sagaspec_key values (?, ?, ?, ?) on conflict do nothing");
    this.#unask = database.prepare("delete from sagaspec_key where channel = ? and key = ? and saga_id = ?");
    this.#event = database.prepare("insert into sagaspec_event values (?, ?, ?, ?, ?, ?, 0) on conflict do nothing");
  }

  isAt(id: string, revision: number): boolean {
    return this.#lock.get(id, revision) !== undefined;
  }

  apply({ row, expected, records, open, closed, keys }: Commit, now: number): "done" | "conflict" {
    const values = sagaValues(row, this.#codec);
    const swapped =
      expected === 0 ? this.#insert.run(...values) : this.#update.run(...changing(values), row.id, expected);
    if (Number(swapped.changes) === 0) return this.#token.get(row.id, row.token) ? "done" : "conflict";
    for (const values of historyValues(row.id, records, this.#codec)) this.#record.run(...values);
    for (const key of closed) this.#close.run(key);
    for (const effect of open) this.#open.run(...effectValues(row.id, effect, now, this.#codec));
    for (const { channel, key, on } of keys) {
      if (on) this.#ask.run(channel, key, row.id, now);
      else this.#unask.run(channel, key, row.id);
    }
    return "done";
  }

  /** These count as never taken. */
  handOver(keys: readonly string[]): void {
    for (const key of keys) this.#untouch.run(key);
  }

  housekeep({ confirmed = [], events = [], left = [], leases }: CommitExtras): void {
    for (const key of confirmed) this.#close.run(key);
    for (const { sagaId, effect } of left) this.#open.run(...effectValues(sagaId, effect, 0, this.#codec));
    for (const event of events) this.#event.run(...eventValues(event, this.#codec));
    for (const key of leases?.effects ?? []) this.#lease.run(leases?.until ?? 0, key);
  }
}

const isChanging = sagaColumns.map((column) => changingColumns.includes(column));

function changing(values: readonly SqlValue[]): SqlValue[] {
  return values.filter((_, index) => isChanging[index]);
}
