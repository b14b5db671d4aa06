/** Sagas and the participant's inbox in one PostgreSQL schema, for as many workers as wanted. */
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import type { Inbox, InboxAdmin } from "../../messaging/inbox.js";
import type { Outbox } from "../../messaging/outbox.js";
import type { SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import { plainCodec, type StoreCodec } from "../../saga/store/stored-json.js";
import { joinable } from "./columns.js";
import { Database } from "./database.js";
import type { PostgresPool } from "./driver.js";
import { createPostgresInbox } from "./inbox.js";
import { createPostgresOutbox } from "./outbox.js";
import { createSagaStore } from "./saga-store.js";

export type { StoreCodec } from "../../saga/store/stored-json.js";
export type { PostgresClient, PostgresPool, PostgresQuery, PostgresQueryable } from "./driver.js";

export interface PostgresStoreOptions {
  /**
   * A `Pool` of `pg`, or anything of its shape. It stays yours: closing the store does not end it. Up to 4 of its
   * connections, at most half of them, are kept for commits and leases; runs and handlers with a transaction share the rest.
   */
  readonly pool: PostgresPool;
  /** Holds the tables, and names the store. Lower-case letters, digits and `_`. @default "sagaspec" */
  readonly schema?: string;
  /** Makes or upgrades the tables before the first use; several workers may. @default false */
  readonly migrate?: boolean;
  /**
   * Longest wait for the answer to a statement of the store; then its connection is given up, and the statement asked
   * again on another one. How long connecting may take is the pool's `connectionTimeoutMillis`. @default "30s"
   */
  readonly queryTimeout?: Duration | number;
  /** Stands between the store and the tables, e.g. to encrypt; its text has no control characters. @default none */
  readonly codec?: StoreCodec;
}

/** A saga store that many processes share. Its clock is the server's. */
export interface PostgresStore extends SagaStore, SagaAdmin {
  /** Remembers what participants have executed. A participant may keep it apart, in a store of its own database. */
  readonly inbox: Inbox & InboxAdmin;
  /** For clients that send inside transactions of this database. */
  readonly outbox: Outbox;
  /** Makes or upgrades the schema and its tables, and answers the names of the migrations that were missing. */
  migrate(): Promise<readonly string[]>;
}

/**
 * The tables are looked at on first use: `store-unavailable` when they are missing or of another version.
 * @throws SagaspecError `invalid-usage` for a schema that is no plain identifier.
 * @example const store = createPostgresStore({ pool: new pg.Pool(), schema: "orders", migrate: true });
 */
export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  refuseUnknownOptions("createPostgresStore", options, ["pool", "schema", "migrate", "queryTimeout", "codec"]);
  const { pool, schema = "sagaspec", migrate = false, queryTimeout = "30s", codec = plainCodec } = options;
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) {
    const text = `PostgreSQL schema "${schema}": use lower-case letters, digits and _, at most 40`;
    throw new SagaspecError("invalid-usage", text);
  }
  const database = new Database({ pool, schema, migrates: migrate, queryTimeoutMs: durationMs(queryTimeout) });
  return {
    ...createSagaStore(database, codec === plainCodec ? codec : joinable(codec)),
    inbox: createPostgresInbox(database, codec),
    outbox: createPostgresOutbox(database, codec),
    migrate: () => database.migrate(),
    async close() {
      database.close();
    },
  };
}
