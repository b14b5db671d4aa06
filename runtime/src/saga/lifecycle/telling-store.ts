import type { Commit, SagaStore } from "../store/saga-store.js";
import { lifecycleEffects } from "./effects.js";

/** The same store, but every transition takes along what it tells others: lost and doubled as little as a command. */
export function tellingStore(store: SagaStore): SagaStore {
  return {
    name: store.name,
    load: (refs) => store.load(refs),
    commit: (batch, also) => store.commit(batch.map(telling), also),
    transact: (lock, work) =>
      store.transact(lock, (tx) => {
        const done = work(tx);
        return done instanceof Promise ? done.then(telling) : telling(done);
      }),
    pending: (...args) => store.pending(...args),
    events: (keys) => store.events(keys),
    close: () => store.close(),
  };
}

function telling(commit: Commit): Commit {
  return { ...commit, open: [...commit.open, ...lifecycleEffects(commit)] };
}
