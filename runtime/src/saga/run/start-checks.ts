/** What a worker says of itself when it starts: what it cannot carry on, and what it has too little of. */
import { SagaspecError } from "../../core/errors.js";
import { repeat } from "../../core/timing.js";
import { stepsOf } from "../define/nodes.js";
import type { SagaStore } from "../store/saga-store.js";
import type { Definitions } from "./definitions.js";
import type { StoreTime } from "./store-time.js";

const firstAgainMs = 60_000;
const longestAgainMs = 3_600_000;

export interface StartChecks {
  readonly store: SagaStore;
  readonly definitions: Definitions;
  readonly time: StoreTime;
  /** Commits under way at a time. */
  readonly maxBatches: number;
  problem(error: unknown): void;
}

/**
 * Says what is wrong, and as long as it lasts says it again, after a minute, then ever more rarely. Returns what ends it.
 */
export function startChecks({ store, definitions, time, maxBatches, problem }: StartChecks): () => void {
  const small = poolTooSmall(store, definitions, maxBatches);
  if (small) problem(small);
  if (!store.underWay) return () => {};
  let againMs = firstAgainMs;
  const check = async () => {
    const changed = await changedDefinitions(store, definitions);
    for (const error of changed) problem(error);
    const pauseMs = changed.length > 0 ? againMs : longestAgainMs;
    againMs = changed.length > 0 ? Math.min(longestAgainMs, againMs * 2) : firstAgainMs;
    return pauseMs;
  };
  return repeat(time.clock, 0, check, problem, firstAgainMs);
}

/** Sagas under way that began with other steps than those that are registered under their version. */
async function changedDefinitions(store: SagaStore, definitions: Definitions): Promise<readonly SagaspecError[]> {
  const found = (await store.underWay?.(definitions.all)) ?? [];
  return found
    .filter((one) => definitions.of(one) === undefined)
    .map((one) => {
      const registered = definitions.all.find(({ type, version }) => type === one.type && version === one.version);
      const text =
        `saga ${one.type} v${one.version}: ${one.count} under way began with other steps (${one.hash}) than those that are ` +
        `registered here (${registered?.hash}), and nothing of them goes on here`;
      const hint = "give the new steps a new version, and register both until the old sagas have ended";
      return new SagaspecError("definition-changed", `${text}; ${hint}`);
    });
}

/** Where runs with a transaction, commits and leases would wait for one another's connections. */
function poolTooSmall(store: SagaStore, definitions: Definitions, maxBatches: number): SagaspecError | undefined {
  const { maxConnections } = store;
  if (maxConnections === undefined) return undefined;
  const transacts = definitions.all.some((definition) =>
    [...stepsOf(definition).values()].some(({ action, compensate }) =>
      [action, compensate].some((one) => one?.kind === "run" && one.transactional),
    ),
  );
  const needed = maxBatches + 1 + (transacts ? 1 : 0);
  if (maxConnections >= needed) return undefined;
  const reasons = `${maxBatches} for commits, 1 for leases${transacts ? ", 1 for runs with a transaction" : ""}`;
  const text = `saga store ${store.name}: its pool has ${maxConnections} connections, and a worker needs ${needed} (${reasons})`;
  const hint = "what has none waits, and leases may lapse meanwhile: raise the pool's `max`, or lower `maxBatches`";
  return new SagaspecError("invalid-usage", `${text}; ${hint}`);
}
