import type { Commit, SagaStore } from "../../saga/store.js";
import type { Ledger } from "./ledger.js";
import type { Life } from "./life.js";

/** The store, as one life of a worker sees it. */
export function storeOf(life: Life, store: SagaStore, ledger: Ledger): SagaStore {
  return {
    name: store.name,
    load: (refs) => life.call("load", ["outage"], () => store.load(refs)),
    commit: (batch, also = {}) =>
      life.call(batch.length === 0 ? "housekeeping" : "commit", ["outage", "silence"], async () => {
        const verdicts = await store.commit(batch, also);
        ledger.kept(also);
        for (const [index, commit] of batch.entries()) if (verdicts[index] === "done") ledger.committed(commit, life);
        return verdicts;
      }),
    transact: (lock, work) =>
      life.call("transact", ["outage", "silence"], async () => {
        let commit: Commit | undefined;
        const verdict = await store.transact(lock, async (tx) => {
          commit = await unlessOver(life, work(tx));
          // Whoever dies inside a transaction takes it back.
          if (life.dies("inside transact")) throw new Error("the worker died");
          return commit;
        });
        if (verdict === "done" && commit) ledger.committed(commit, life);
        return verdict;
      }),
    pending: (mine, limit, olderThanMs) =>
      life.call("pending", ["outage", "silence"], async () => {
        const found = await store.pending(mine, limit, olderThanMs);
        for (const { effect } of found.unsent) ledger.judgeUnsent(effect);
        return found;
      }),
    events: (keys) => life.call("events", ["outage"], () => store.events(keys)),
    close: async () => {},
  };
}

function unlessOver<T>(life: Life, work: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    life.onEnd(() => reject(new Error("the worker died")));
    Promise.resolve(work).then(resolve, reject);
  });
}
