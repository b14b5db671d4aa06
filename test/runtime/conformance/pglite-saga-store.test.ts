import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createPglitePool } from "../../support/postgres.js";
import { sagaStoreSuite } from "./saga-store.js";

sagaStoreSuite("PGlite", async () => {
  const { pool, close } = await createPglitePool();
  const store = createPostgresStore({ pool, migrate: true });
  const other = createPostgresStore({ pool });
  return { store, other, transactsAsync: true, close };
});
