/** How a caller learns where a saga stands, and waits for its end. */
import { durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { scopeOf } from "../decide/scope.js";
import type { SagaHandle, SagaState } from "../define/handle.js";
import { type Instance, isAtRest } from "../store/instance.js";
import type { SagaStore } from "../store/saga-store.js";
import { instanceOf } from "./plan.js";
import type { StoreTime } from "./store-time.js";

const firstLookMs = 250;
const longestLookMs = 2_000;

/** Tells callers of this process when a saga has come to rest; for sagas that end elsewhere it looks, ever more rarely. */
export class CompletionWaiter {
  readonly #store: SagaStore;
  readonly #time: StoreTime;
  readonly #waiting = new Map<string, Set<(state: SagaState) => void>>();

  constructor(store: SagaStore, time: StoreTime) {
    this.#store = store;
    this.#time = time;
  }

  /** A transition has been committed. */
  changed(instance: Instance): void {
    const waiting = isAtRest(instance.status) ? this.#waiting.get(instance.id) : undefined;
    if (!waiting) return;
    this.#waiting.delete(instance.id);
    const state = stateOf(instance);
    for (const tell of waiting) tell(state);
  }

  handle<Results>(id: string): SagaHandle<Results> {
    return {
      id,
      status: async () => (await this.#read(id)) as SagaState<Results>,
      result: async ({ timeout = "30s" } = {}) => (await this.#rest(id, durationMs(timeout))) as SagaState<Results>,
    };
  }

  async #rest(id: string, timeoutMs: number): Promise<SagaState> {
    const until = this.#time.clock.now() + timeoutMs;
    for (let lookMs = firstLookMs; ; lookMs = Math.min(longestLookMs, lookMs * 2)) {
      // Told first, read second: an end between the two is not missed.
      const told = this.#told(id, Math.min(lookMs, until - this.#time.clock.now()));
      const state = await this.#read(id);
      if (isAtRest(state.status)) {
        told.cancel();
        return state;
      }
      const rest = await told.state;
      if (rest) return rest;
      if (this.#time.clock.now() >= until) {
        const text = `saga ${id}: it is still ${state.status} after ${timeoutMs} ms; it goes on, ask again later`;
        throw new SagaspecError("timeout", text, { retryable: true });
      }
    }
  }

  #told(id: string, ms: number): { readonly state: Promise<SagaState | undefined>; cancel(): void } {
    let cancel = () => {};
    const state = new Promise<SagaState | undefined>((resolve) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting);
      const end = (told?: SagaState) => {
        stop();
        waiting.delete(end);
        if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
        resolve(told);
      };
      const stop = this.#time.clock.after(ms, () => end(), true);
      waiting.add(end);
      cancel = () => end();
    });
    return { state, cancel };
  }

  async #read(id: string): Promise<SagaState> {
    const [rows] = await this.#store.load([{ id }]);
    const row = rows?.[0];
    if (!row) throw new SagaspecError("unknown-saga", `saga ${id}: the store has none of that id; was it purged?`);
    if (row.state === null) return { id, status: row.status, results: {}, unresolved: [] };
    return stateOf(instanceOf(row));
  }
}

function stateOf(instance: Instance): SagaState {
  const { input: _, ...results } = scopeOf(instance);
  const unresolved = Object.keys(instance.steps).filter((path) => instance.steps[path]?.status === "undo-failed");
  const failure = failureOf(instance);
  return { id: instance.id, status: instance.status, results, unresolved, ...(failure && { failure }) };
}

function failureOf({ retreat, steps, stuck }: Instance): SagaState["failure"] {
  if (stuck !== undefined) return { kind: "error", name: "stuck", message: stuck };
  if (retreat) return { ...retreat.failure, ...(retreat.step === undefined ? undefined : { step: retreat.step }) };
  const failed = Object.entries(steps).find(([, record]) => record.failure && record.status !== "skipped");
  return failed?.[1].failure && { ...failed[1].failure, step: failed[0] };
}
