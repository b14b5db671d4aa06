/** How a store of one process tells its workers of sagas that are handed over. */
import type { CommitExtras, SagaStore } from "./saga-store.js";

/** The sagas for which a commit leaves something to others. */
export function sagasHandedOver({ handOver = [], left = [] }: CommitExtras): readonly string[] {
  if (handOver.length + left.length === 0) return [];
  return [...new Set([...handOver, ...left].map(({ sagaId }) => sagaId))];
}

/** Whoever listens in this process. `tell` is called once a commit is durable. */
export interface HandOvers {
  tell(also: CommitExtras): void;
  readonly listen: NonNullable<SagaStore["listen"]>;
}

export function createHandOvers(): HandOvers {
  const listeners = new Set<(sagaIds: readonly string[]) => void>();
  return {
    tell(also) {
      const ids = sagasHandedOver(also);
      if (ids.length > 0) for (const heard of listeners) heard(ids);
    },
    listen(heard) {
      const one = (ids: readonly string[]) => heard(ids);
      listeners.add(one);
      return async () => {
        listeners.delete(one);
      };
    },
  };
}
