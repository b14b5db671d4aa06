// Every store that an admin may look into.

import type { SagaAdmin, SagaStore } from "../../../runtime/src/saga/store/saga-store.js";
import { createMemoryStore } from "../../../runtime/src/stores/memory/saga-store.js";
import { createPostgresStore } from "../../../runtime/src/stores/postgres/index.js";
import { createSqliteStore } from "../../../runtime/src/stores/sqlite/index.js";
import { createDatabase, postgresMissing } from "../../support/postgres.js";

export interface OpenStore {
  readonly store: SagaStore & SagaAdmin;
  close(): Promise<void>;
}

const missing = await postgresMissing();
if (missing) console.warn(`skipped on PostgreSQL: ${missing}`);

export const stores: readonly { readonly name: string; open(): Promise<OpenStore> }[] = [
  {
    name: "memory",
    async open() {
      const store = createMemoryStore();
      return { store, close: () => store.close() };
    },
  },
  {
    name: "SQLite",
    async open() {
      const store = createSqliteStore({ path: ":memory:" });
      return { store, close: () => store.close() };
    },
  },
  ...(missing
    ? []
    : [
        {
          name: "PostgreSQL",
          async open() {
            const database = await createDatabase();
            const store = createPostgresStore({ pool: database.pool(), migrate: true });
            const close = async () => {
              await store.close();
              await database.drop();
            };
            return { store, close };
          },
        },
      ]),
];
