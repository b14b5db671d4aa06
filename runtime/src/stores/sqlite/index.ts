/** Sagas and the participant's inbox in one SQLite file: the embedded store. */
import { type Clock, systemClock } from "../../core/clock.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import type { Inbox, InboxAdmin } from "../../messaging/inbox.js";
import type { Outbox } from "../../messaging/outbox.js";
import type { SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import { plainCodec, type StoreCodec } from "../../saga/store/stored-json.js";
import { connect, disconnect, type SqliteConnectionOptions } from "./connection.js";
import type { SqliteDatabase } from "./driver.js";
import { createGroupCommit } from "./group-commit.js";
import { createSqliteInbox } from "./inbox.js";
import { createSqliteOutbox } from "./outbox.js";
import { createSagaStore } from "./saga-store.js";
import { migrate } from "./schema.js";

export type { StoreCodec } from "../../saga/store/stored-json.js";
export { openSqlite, type SqliteDatabase, type SqliteStatement } from "./driver.js";

export interface SqliteStoreOptions extends SqliteConnectionOptions {
  /** Stands between the store and the file, e.g. to encrypt. @default none */
  readonly codec?: StoreCodec;
  /** The store's clock. @default the machine's */
  readonly clock?: Clock;
}

/** A saga store whose file also keeps a participant's inbox; what both write at once shares one commit. */
export interface SqliteStore extends SagaStore, SagaAdmin {
  /** The open file, for tables of your own: keep no transaction open over an `await`. */
  readonly database: SqliteDatabase;
  /** Remembers what participants of this process have executed. It closes with the store. */
  readonly inbox: Inbox & InboxAdmin;
  /** For clients that send inside transactions of `database`. */
  readonly outbox: Outbox;
}

/**
 * Opens the store, and makes or upgrades its tables (`sagaspec_*`). One process owns a file.
 * @throws SagaspecError `store-unavailable` when another process has the file, or a newer runtime has written it.
 * @example const store = createSqliteStore({ path: "orders.db" });
 */
export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  refuseUnknownOptions("createSqliteStore", options, ["path", "database", "synchronous", "codec", "clock"]);
  const { codec = plainCodec, clock = systemClock } = options;
  const { database, path } = connect(options);
  let name: string;
  try {
    name = migrate(database, path);
    // From here on a lock of another program is waited for without blocking the process.
    database.exec("pragma busy_timeout = 20");
  } catch (error) {
    if (!options.database) disconnect(database);
    throw error;
  }
  const group = createGroupCommit(database, path);
  let closed = false;
  return {
    ...createSagaStore({ name, database, group, codec, clock }),
    database,
    inbox: createSqliteInbox({ database, group, codec, clock }),
    outbox: createSqliteOutbox({ database, group, codec, clock, isClosed: () => closed }),
    async close() {
      if (closed) return;
      closed = true;
      await group.close();
      disconnect(database);
    },
  };
}
