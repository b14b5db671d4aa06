import { SagaspecError } from "../../core/errors.js";
import { nowMs, slotBits } from "./clock.js";
import { commitFunction } from "./commit-function.js";
import type { PostgresQueryable } from "./driver.js";

interface Migration {
  readonly name: string;
  /** The statements, one after the other. */
  readonly sql: (schema: string) => readonly string[];
}

/** One entry a schema version, never edited once released: the next change is a new entry. */
export const migrations: readonly Migration[] = [
  {
    name: "001-sagas-and-inbox",
    sql: (schema) => [
      ...statements(`
      create table ${schema}.saga (
        id text collate "C" primary key,
        type text not null,
        version integer not null,
        hash text not null,
        key text,
        parent text,
        status text not null,
        paused boolean not null,
        cursor text not null,
        revision integer not null,
        state text not null,
        due_at bigint,
        started_at bigint not null,
        updated_at bigint not null,
        token text not null,
        due_slot bigint generated always as (due_at >> ${slotBits}) stored,
        finished_at bigint generated always as (
          case when status in ('completed', 'compensated', 'cancelled') then updated_at end
        ) stored
      ) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05);
      create unique index saga_key on ${schema}.saga (type, key) where key is not null;
      create index saga_due on ${schema}.saga (type, version, hash, due_slot) where due_slot is not null;
      create index saga_parent on ${schema}.saga (parent) where parent is not null;
      create index saga_finished on ${schema}.saga (finished_at) where finished_at is not null;

      create table ${schema}.history (
        saga_id text collate "C" not null,
        seq integer not null,
        lines text not null,
        primary key (saga_id, seq)
      );

      create table ${schema}.effect (
        key text collate "C" primary key,
        saga_id text collate "C" not null,
        effect text not null,
        touched_at bigint not null,
        lease_until bigint not null
      ) with (autovacuum_vacuum_scale_factor = 0.05);
      create index effect_touched on ${schema}.effect (touched_at);

      create table ${schema}.key (
        channel text not null,
        key text not null,
        saga_id text collate "C" not null,
        registered_at bigint not null,
        primary key (channel, key, saga_id)
      );
      create index key_saga on ${schema}.key (saga_id);

      create table ${schema}.event (
        channel text not null,
        key text not null,
        id text not null,
        name text not null,
        payload text not null,
        at bigint not null,
        offered_at bigint not null,
        primary key (channel, key, id)
      );
      create index event_age on ${schema}.event (channel, at);

      create table ${schema}.inbox (
        message_id text collate "C" primary key,
        operation text not null,
        key text,
        fingerprint text not null,
        undoes text,
        state text not null,
        token text not null unique,
        lease_until bigint not null,
        reply text,
        updated_at bigint not null,
        unsent boolean not null
      );
      create unique index inbox_key on ${schema}.inbox (operation, key) where key is not null;
      create index inbox_unsent on ${schema}.inbox (updated_at) where unsent;
      create index inbox_age on ${schema}.inbox (updated_at);
      `),
      commitFunction(schema),
    ],
  },
];

/**
 * What only adds to the tables, so that a worker of version 0.1 may go on with them, and start: it counts the rows of
 * `migration`, and takes no more than it knows. By name, in a table of their own; one that is not known is no obstacle.
 */
const additions: readonly Migration[] = [
  {
    // Lists, in the order of their pages. Most sagas are completed: those are found in the order of their start.
    name: "002-lists",
    sql: (schema) =>
      statements(`
      create index saga_started on ${schema}.saga (started_at, id);
      create index saga_type on ${schema}.saga (type, started_at, id);
      create index saga_status on ${schema}.saga (status, started_at, id) where status <> 'completed';
      `),
  },
  {
    // Messages that were sent inside transactions.
    name: "003-outbox",
    sql: (schema) =>
      statements(`
      create table ${schema}.outbox (
        id bigint generated always as identity primary key,
        message text not null,
        tries integer not null default 0,
        due_at bigint not null
      ) with (autovacuum_vacuum_scale_factor = 0.05);
      create index outbox_due on ${schema}.outbox (due_at, id);
      `),
  },
];

function statements(text: string): string[] {
  return text.split(";").filter((statement) => statement.trim() !== "");
}

/** Brings a schema to this version of the runtime. Several workers may do so at the same time. Needs a transaction. */
export async function migrate(client: PostgresQueryable, schema: string): Promise<readonly string[]> {
  await client.query({ text: "select pg_advisory_xact_lock(hashtextextended($1, 0))", values: [`sagaspec ${schema}`] });
  await client.query({ text: `create schema if not exists ${schema}` });
  await client.query({
    text: `create table if not exists ${schema}.migration (number integer primary key, name text not null, at bigint not null)`,
  });
  await client.query({
    text: `create table if not exists ${schema}.addition (name text primary key, at bigint not null)`,
  });
  const applied = await version(client, schema);
  if (applied > migrations.length) throw newer(schema, applied);
  const missing = migrations.slice(applied);
  for (const [index, { name, sql }] of missing.entries()) {
    for (const text of sql(schema)) await client.query({ text });
    const values = [applied + index + 1, name];
    await client.query({ text: `insert into ${schema}.migration values ($1, $2, ${nowMs})`, values });
  }
  const absent = await absentAdditions(client, schema);
  for (const { name, sql } of absent) {
    for (const text of sql(schema)) await client.query({ text });
    await client.query({ text: `insert into ${schema}.addition values ($1, ${nowMs})`, values: [name] });
  }
  return [...missing, ...absent].map(({ name }) => name);
}

/** @throws SagaspecError `store-unavailable` when the tables are missing, older or newer than this runtime. */
export async function checkVersion(client: PostgresQueryable, schema: string): Promise<void> {
  const found = await client.query({
    text: "select to_regclass($1) is not null as migration, to_regclass($2) is not null as addition",
    values: [`${schema}.migration`, `${schema}.addition`],
  });
  const [has] = found.rows as [{ migration: boolean; addition: boolean }];
  const applied = has.migration ? await version(client, schema) : 0;
  if (applied > migrations.length) throw newer(schema, applied);
  const isCurrent =
    applied === migrations.length && has.addition && (await absentAdditions(client, schema)).length === 0;
  if (isCurrent) return;
  const what = applied === 0 ? "it has no tables of Sagaspec" : "its tables are of an older version";
  throw unusable(schema, `${what}; run "sagaspec store migrate", call migrate() once, or pass migrate: true`);
}

async function version(client: PostgresQueryable, schema: string): Promise<number> {
  const found = await client.query({ text: `select coalesce(max(number), 0) as version from ${schema}.migration` });
  return Number((found.rows[0] as { version: unknown }).version);
}

async function absentAdditions(client: PostgresQueryable, schema: string): Promise<readonly Migration[]> {
  const { rows } = await client.query({ text: `select name from ${schema}.addition` });
  const there = new Set((rows as { name: string }[]).map(({ name }) => name));
  return additions.filter(({ name }) => !there.has(name));
}

function newer(schema: string, applied: number): SagaspecError {
  const text = `its tables are of version ${applied}, this runtime knows ${migrations.length}; upgrade @sagaspec/runtime`;
  return unusable(schema, text);
}

function unusable(schema: string, text: string): SagaspecError {
  return new SagaspecError("store-unavailable", `PostgreSQL schema ${schema}: ${text}`);
}
