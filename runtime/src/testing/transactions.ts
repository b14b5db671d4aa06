import type { MemoryStore } from "../stores/memory/saga-store.js";

/** A store in memory whose `transact` works in transactions of a database of the test's. */
export function withTransactions(store: MemoryStore, database: unknown): MemoryStore {
  const execute = statementsOf(database);
  // One connection has one transaction at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    maxTransactions: 1,
    transact(lock, work) {
      const turn = last.then(async () => {
        await execute("begin");
        try {
          const result = await store.transact(lock, () => work(database));
          await execute(result === "done" ? "commit" : "rollback");
          return result;
        } catch (error) {
          // What went wrong first is what the test wants to know.
          await (async () => execute("rollback"))().catch(() => {});
          throw error;
        }
      });
      last = turn.catch(() => {});
      return turn;
    },
  };
}

/** How to send a statement to the database; does nothing for something that is no database. */
function statementsOf(database: unknown): (sql: string) => unknown {
  if (typeof database !== "object" || database === null) return () => {};
  const { exec, query } = database as { readonly exec?: unknown; readonly query?: unknown };
  if (typeof exec === "function") return (sql) => exec.call(database, sql);
  if (typeof query === "function") return (sql) => query.call(database, sql);
  return () => {};
}
