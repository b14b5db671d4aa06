// Every store that an admin may look into.

import type { SagaStore } from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
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
