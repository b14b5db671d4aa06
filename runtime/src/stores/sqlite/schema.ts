import { SagaspecError } from "../../core/errors.js";
import type { SqliteDatabase } from "./driver.js";

/** One entry a schema version, never edited once released: the next change is a new entry. */
const migrations: readonly string[] = [
  `
  create table sagaspec_saga (
    id text primary key,
    type text not null,
    version integer not null,
    hash text not null,
    key text,
    parent text,
    status text not null,
    paused integer not null,
    cursor text not null,
    revision integer not null,
    state text not null,
    due_at integer,
    started_at integer not null,
    updated_at integer not null,
    token text not null
  ) strict;
  create unique index sagaspec_saga_key on sagaspec_saga (type, key) where key is not null;
  create index sagaspec_saga_due on sagaspec_saga (type, version, hash, due_at) where due_at is not null;
  create index sagaspec_saga_parent on sagaspec_saga (parent) where parent is not null;
  create index sagaspec_saga_finished on sagaspec_saga (updated_at)
    where status in ('completed', 'compensated', 'cancelled');

  create table sagaspec_history (
    saga_id text not null,
    seq integer not null,
    lines text not null,
    primary key (saga_id, seq)
  ) strict, without rowid;

  create table sagaspec_effect (
    key text primary key,
    saga_id text not null,
    effect text not null,
    touched_at integer not null,
    lease_until integer not null
  ) strict, without rowid;
  create index sagaspec_effect_touched on sagaspec_effect (touched_at);

  create table sagaspec_key (
    channel text not null,
    key text not null,
    saga_id text not null,
    registered_at integer not null,
    primary key (channel, key, saga_id)
  ) strict, without rowid;
  create index sagaspec_key_saga on sagaspec_key (saga_id);

  create table sagaspec_event (
    channel text not null,
    key text not null,
    id text not null,
    name text not null,
    payload text not null,
    at integer not null,
    offered_at integer not null,
    primary key (channel, key, id)
  ) strict, without rowid;
  create index sagaspec_event_age on sagaspec_event (channel, at);

  create table sagaspec_inbox (
    message_id text primary key,
    operation text not null,
    key text,
    fingerprint text not null,
    undoes text,
    state text not null,
    token text not null unique,
    lease_until integer not null,
    reply text,
    updated_at integer not null,
    unsent integer not null
  ) strict;
  create unique index sagaspec_inbox_key on sagaspec_inbox (operation, key) where key is not null;
  create index sagaspec_inbox_unsent on sagaspec_inbox (updated_at) where unsent = 1;
  create index sagaspec_inbox_age on sagaspec_inbox (updated_at);
  `,
  // Lists, in the order of their pages. Most sagas are completed: those are found in the order of their start.
  `
  create index sagaspec_saga_started on sagaspec_saga (started_at, id);
  create index sagaspec_saga_type on sagaspec_saga (type, started_at, id);
  create index sagaspec_saga_status on sagaspec_saga (status, started_at, id) where status <> 'completed';
  `,
  // Messages that were sent inside transactions.
  `
  create table sagaspec_outbox (
    id integer primary key autoincrement,
    message text not null,
    tries integer not null,
    due_at integer not null
  ) strict;
  create index sagaspec_outbox_due on sagaspec_outbox (due_at, id);
  `,
];

/**
 * Brings the tables of a file to this version of the runtime, and answers the file's random name.
 * @throws SagaspecError `store-unavailable` for a file that a newer version has written.
 */
export function migrate(database: SqliteDatabase, path: string): string {
  database.exec("begin immediate");
  try {
    database.exec(
      "create table if not exists sagaspec_store (name text not null, schema_version integer not null) strict",
    );
    const found = database.prepare("select name, schema_version from sagaspec_store").get() as
      | { name: string; schema_version: number }
      | undefined;
    const name = found?.name ?? crypto.randomUUID().slice(0, 8);
    const version = found?.schema_version ?? 0;
    if (version > migrations.length) {
      throw new SagaspecError(
        "store-unavailable",
        `${path}: its tables are of version ${version}, this runtime knows ${migrations.length}; upgrade @sagaspec/runtime`,
      );
    }
    for (const sql of migrations.slice(version)) database.exec(sql);
    if (!found) database.prepare("insert into sagaspec_store values (?, ?)").run(name, migrations.length);
    else if (version < migrations.length) {
      database.prepare("update sagaspec_store set schema_version = ?").run(migrations.length);
    }
    database.exec("commit");
    return name;
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
}
