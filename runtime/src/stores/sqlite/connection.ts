import { SagaspecError } from "../../core/errors.js";
import { openSqlite, type SqliteDatabase } from "./driver.js";

export interface SqliteConnectionOptions {
  /** The file, made when it is missing; `":memory:"` for one that ends with the process. */
  readonly path?: string;
  /** An open database instead of a path: the store uses it, shares it, and closes it. */
  readonly database?: SqliteDatabase;
  /**
   * `full`: what is committed survives the loss of power. `normal`: several times as fast for one saga at a time; the
   * last commits may be lost with the power, though never with the process.
   * @default "full"
   */
  readonly synchronous?: "full" | "normal";
}

/**
 * Opens the file for this process alone.
 * @throws SagaspecError `store-unavailable` when another process, or another store of this one, has it.
 */
export function connect({ path, database: given, synchronous = "full" }: SqliteConnectionOptions): {
  database: SqliteDatabase;
  path: string;
} {
  if ((path === undefined) === (given === undefined)) {
    throw new SagaspecError("invalid-usage", "SQLite store: give a path or an open database, one of the two");
  }
  const database = given ?? openSqlite(path ?? "");
  const file = fileOf(database);
  try {
    if (file !== "") lock(database, file);
    // Of a file that is new: pages of 16 KB instead of 4 (seen: 19,000 steps/s of 256 sagas, not 16,000). A cache of 64 MB
    // was slower than one of 16.
    database.exec(`
      pragma page_size = 16384;
      pragma journal_mode = wal;
      pragma synchronous = ${synchronous};
      pragma busy_timeout = 5000;
      pragma cache_size = -16384;
    `);
  } catch (error) {
    if (!given) database.close();
    throw error;
  }
  return { database, path: file || ":memory:" };
}

/**
 * Closes the connection, and leaves the file to others at once: with libsql the connection lives on, with its locks,
 * until the last prepared statement is collected.
 */
export function disconnect(database: SqliteDatabase): void {
  try {
    database.exec("detach database sagaspec_owner");
  } catch {
    // In memory, or closed: there is nothing to leave.
  }
  database.close();
}

function fileOf(database: SqliteDatabase): string {
  const [main] = database.prepare("pragma database_list").all() as { name: string; file: string | null }[];
  return main?.file ?? "";
}

/**
 * Timers, leases and the memory transport live in one process, so one process must own the file. The lock is a
 * neighbouring database held exclusively: the operating system frees it when the process dies, however it dies, and
 * other programs may still read the sagas.
 */
function lock(database: SqliteDatabase, file: string): void {
  const neighbour = `${file}-owner`.replaceAll("'", "''");
  try {
    database.exec(`
      pragma busy_timeout = 0;
      attach database '${neighbour}' as sagaspec_owner;
      pragma sagaspec_owner.journal_mode = memory;
      pragma sagaspec_owner.locking_mode = exclusive;
      pragma sagaspec_owner.user_version = 1;
    `);
  } catch (cause) {
    throw new SagaspecError(
      "store-unavailable",
      `${file}: another process or store has it open (${cause}); stop that one, or share a PostgreSQL store`,
      { cause, retryable: true },
    );
  }
}
