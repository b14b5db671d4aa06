import type { DatabaseSync } from "node:sqlite";
import type { PostgresClient, PostgresPool } from "@sagaspec/runtime/postgres";
import type { SqliteDatabase } from "@sagaspec/runtime/sqlite";
import type Database from "better-sqlite3";
import type Libsql from "libsql";
import type pg from "pg";
import { expectTypeOf, test } from "vitest";

test("the pool and the client of pg fit", () => {
  expectTypeOf<pg.Pool>().toExtend<PostgresPool>();
  expectTypeOf<pg.PoolClient>().toExtend<PostgresClient>();
  expectTypeOf<pg.Client>().not.toExtend<PostgresPool>();
});

test("the three SQLite drivers fit", () => {
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>();
  expectTypeOf<Libsql.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<Database.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<pg.Pool>().not.toExtend<SqliteDatabase>();
});
