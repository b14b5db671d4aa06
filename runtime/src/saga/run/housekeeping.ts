import { leaseMs } from "../decide/dispatch.js";
import type { SagaStore } from "../store/saga-store.js";
import type { CommitBatches } from "./commit-batches.js";
import type { Retention } from "./retention.js";
import type { RunExecutor } from "./run-executor.js";
import type { StoreTime } from "./store-time.js";

const everyMs = 1_000;

/**
 * Once a second: renews the leases of what runs, clears confirmed messages that no commit took along, and lets go of
 * what finished long ago.
 */
export class Housekeeping {
  readonly #store: SagaStore;
  readonly #time: StoreTime;
  readonly #runs: RunExecutor;
  readonly #batches: CommitBatches;
  readonly #retention: Retention;
  readonly #problem: (error: unknown) => void;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #isClearing = false;

  constructor(
    store: SagaStore,
    time: StoreTime,
    runs: RunExecutor,
    batches: CommitBatches,
    retention: Retention,
    problem: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#time = time;
    this.#runs = runs;
    this.#batches = batches;
    this.#retention = retention;
    this.#problem = problem;
  }

  start(): void {
    if (this.#isStopped) return;
    const again = () => {
      void this.#keep().then(() => this.start());
    };
    // A process in which sagas wait for time to pass does not end.
    this.#cancel = this.#time.clock.after(everyMs, again, true);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #keep(): Promise<void> {
    // Leases wait for nothing: what is deleted may be much.
    if (!this.#isClearing) void this.#clear();
    try {
      const effects = this.#runs.keys();
      const until = this.#time.now() + leaseMs;
      if (effects.length > 0) await this.#store.commit([], { leases: { effects, until } });
    } catch (error) {
      this.#problem(error);
    }
  }

  async #clear(): Promise<void> {
    this.#isClearing = true;
    await this.#batches.flush(false).catch((error) => this.#problem(error));
    await this.#retention.keep().catch((error) => this.#problem(error));
    this.#isClearing = false;
  }
}
