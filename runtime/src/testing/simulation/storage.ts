import type { Commit, SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import type { Incarnation } from "./incarnation.js";
import type { Ledger } from "./ledger.js";

/** The store, as one life of a worker sees it. */
export function storeOf(
  life: Incarnation,
  store: SagaStore & SagaAdmin,
  ledger: Ledger,
): SagaStore & Pick<SagaAdmin, "shrink" | "purge" | "dropEvents"> {
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
        const verdict = await store.transact(lock, (tx) => {
          const made = work(tx);
          if (made instanceof Promise) return unlessOver(life, made).then(unlessDead);
          return unlessDead(made);
        });
        if (verdict === "done" && commit) ledger.committed(commit, life);
        return verdict;

        // Whoever dies inside a transaction takes it back.
        function unlessDead(made: Commit): Commit {
          if (life.dies("inside transact")) throw new Error("the worker died");
          commit = made;
          return made;
        }
      }),
    pending: (mine, limit, olderThanMs) =>
      life.call("pending", ["outage", "silence"], async () => {
        const found = await store.pending(mine, limit, olderThanMs);
        for (const { effect } of found.unsent) ledger.judgeUnsent(effect);
        return found;
      }),
    events: (keys) => life.call("events", ["outage"], () => store.events(keys)),
    shrink: (finished, limit) => life.call("shrink", ["outage", "silence"], () => store.shrink(finished, limit)),
    purge: (finishedBefore, limit) =>
      life.call("purge", ["outage", "silence"], async () => {
        const purged = await store.purge(finishedBefore, limit);
        await ledger.purged(finishedBefore, store);
        return purged;
      }),
    dropEvents: (storedBefore, keepPerChannel) =>
      life.call("drop events", ["outage", "silence"], () => store.dropEvents(storedBefore, keepPerChannel)),
    close: async () => {},
  };
}

function unlessOver<T>(life: Incarnation, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    life.onEnd(() => reject(new Error("the worker died")));
    work.then(resolve, reject);
  });
}
