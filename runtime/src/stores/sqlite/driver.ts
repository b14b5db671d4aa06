import { createRequire } from "node:module";
import { SagaspecError } from "../../core/errors.js";
import type { SqlValue } from "../sql/saga-record.js";

/** A prepared statement, as `node:sqlite`, libsql and better-sqlite3 have it. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

/** A connection: `DatabaseSync` of `node:sqlite`, or a `Database` of libsql or better-sqlite3. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

type Constructor = new (path: string) => SqliteDatabase;

/**
 * Opens a file, or `:memory:`, with what is at hand: `node:sqlite` where Node has it (22.13 and newer), else libsql, else
 * better-sqlite3. None of them needs a compiler, but better-sqlite3 on Node 20.
 * @throws SagaspecError `store-unavailable` when none is there, or when the file cannot be opened.
 */
export function openSqlite(path: string): SqliteDatabase {
  const Database = builtIn() ?? installed("libsql") ?? betterSqlite();
  if (!Database) {
    throw new SagaspecError(
      "store-unavailable",
      "SQLite: this Node has no node:sqlite, and neither libsql nor better-sqlite3 is installed; " +
        'run "npm install libsql", use Node 22.13 or newer, or pass an open database',
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

/** From version 13 on it brings its binaries, for Node 22 and newer; on an older one they end the process. */
function betterSqlite(): Constructor | undefined {
  const { version = "0" } = installed<{ version: string }>("better-sqlite3/package.json") ?? {};
  const major = (text: string): number => Number.parseInt(text, 10);
  return major(process.versions.node) < 22 && major(version) >= 13 ? undefined : installed("better-sqlite3");
}

function installed<Module = Constructor>(name: string): Module | undefined {
  try {
    // In a bundle that is CommonJS a module has no address.
    const load = typeof import.meta.url === "string" ? createRequire(import.meta.url) : require;
    return load(name) as Module;
  } catch {
    return undefined;
  }
}

/** Whether a statement failed because of the values it was given: the same values will fail again. */
export function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (error instanceof SagaspecError) return error.code === "invalid-usage";
  return dataErrors.includes(resultCode(error));
}

/** Whether another program holds the lock that a statement needs. */
export const isLocked = (error: unknown): boolean => lockErrors.includes(resultCode(error));

const dataErrors: readonly unknown[] = ["TOOBIG", "CONSTRAINT", "MISMATCH"];
const lockErrors: readonly unknown[] = ["BUSY", "LOCKED"];

/** SQLite's primary result codes by number, as far as they matter here. */
const resultCodes: { readonly [number: number]: string } = {
  5: "BUSY",
  6: "LOCKED",
  18: "TOOBIG",
  19: "CONSTRAINT",
  20: "MISMATCH",
};

/** node:sqlite and libsql tell SQLite's own number, better-sqlite3 its name; each with more detail than is asked for. */
function resultCode(error: unknown): string | undefined {
  const { code, errcode, rawCode } = error as { code?: unknown; errcode?: unknown; rawCode?: unknown };
  const number = errcode ?? rawCode;
  if (typeof number === "number") return resultCodes[number & 0xff];
  return typeof code === "string" ? /^SQLITE_([A-Z]+)/.exec(code)?.[1] : undefined;
}
