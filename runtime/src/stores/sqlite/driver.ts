import { createRequire } from "node:module";
import { SagaspecError } from "../../core/errors.js";
import type { SqlValue } from "../sql/saga-record.js";

/** A prepared statement, as `node:sqlite` and better-sqlite3 both have it. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

/** A connection: `DatabaseSync` of `node:sqlite`, or a better-sqlite3 `Database`. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

type Constructor = new (path: string) => SqliteDatabase;

/**
 * Opens a file, or `:memory:`, with what is at hand: `node:sqlite` where Node has it, else better-sqlite3.
 * @throws SagaspecError `store-unavailable` when neither is there, or when the file cannot be opened.
 */
export function openSqlite(path: string): SqliteDatabase {
  const Database = builtIn() ?? installed();
  if (!Database) {
    throw new SagaspecError(
      "store-unavailable",
      "SQLite: this Node has no node:sqlite and better-sqlite3 is not installed; " +
        'use Node 24, run "npm install better-sqlite3", or pass an open database',
    );
  }
  try {
    return new Database(path);
  } catch (cause) {
    throw new SagaspecError("store-unavailable", `${path}: cannot be opened as an SQLite database: ${cause}`, {
      cause,
    });
  }
}

function builtIn(): Constructor | undefined {
  const sqlite = process.getBuiltinModule?.("node:sqlite") as { DatabaseSync: Constructor } | undefined;
  return sqlite?.DatabaseSync;
}

function installed(): Constructor | undefined {
  try {
    return createRequire(import.meta.url)("better-sqlite3") as Constructor;
  } catch {
    return undefined;
  }
}

/** Whether a statement failed because of the values it was given: the same values will fail again. */
export function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (error instanceof SagaspecError) return error.code === "invalid-usage";
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // node:sqlite tells SQLite's own number, better-sqlite3 its name.
  if (typeof errcode === "number") return dataErrorNumbers.has(errcode & 0xff);
  return typeof code === "string" && /^SQLITE_(TOOBIG|CONSTRAINT|MISMATCH)/.test(code);
}

/** Whether another program holds the lock that a statement needs. */
export function isLocked(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return lockNumbers.has(errcode & 0xff);
  return typeof code === "string" && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** SQLITE_BUSY, SQLITE_LOCKED */
const lockNumbers = new Set([5, 6]);

/** SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH */
const dataErrorNumbers = new Set([18, 19, 20]);
