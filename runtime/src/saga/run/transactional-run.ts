/** A `run` that commits with its saga: swap first, then the function, then everything that follows from its result. */
import { SagaspecError } from "../../core/errors.js";
import type { Failure } from "../../wire/failure.js";
import { decide } from "../decide/decide.js";
import type { Effect } from "../store/effects.js";
import type { Instance } from "../store/instance.js";
import type { SagaStore } from "../store/saga-store.js";
import { type ChangePlan, changeOf, instanceOf } from "./plan.js";
import { callRun, type Run, runFailure, runResult } from "./run-executor.js";
import type { SagaMailbox } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

/** Committed, with the plan that was; or failed, and rolled back; or overtaken by somebody else. */
export type Transacted = { readonly plan: ChangePlan } | { readonly failure: Failure } | "overtaken";

/** Runs the function in a transaction of its own on the saga that `slot` holds, freshly read. */
export async function transactRun(
  store: SagaStore,
  time: StoreTime,
  slot: SagaMailbox,
  run: Run,
  publishes: boolean,
  signal: AbortSignal,
): Promise<Transacted> {
  const { effect, definition } = run;
  const { row } = slot;
  if (!row || row.state === null) return "overtaken";
  const instance = instanceOf(row);
  if (!isOpen(instance, effect)) return "overtaken";
  let plan: ChangePlan | undefined;
  const finish = (result: unknown) => {
    signal.throwIfAborted();
    const at = time.now();
    const event = { type: "outcome", at, of: effect.id, attempt: effect.attempt, ok: runResult(result) } as const;
    const decision = decide(definition, instance, event);
    if ("ignore" in decision)
      throw new SagaspecError("conflict", `run ${effect.id}: its outcome does not count any more`);
    const change = changeOf(row, definition, decision, { now: at, publishes });
    plan = { slot, definition, items: [], events: [event], ignored: [], change };
    return change.commit;
  };
  try {
    const verdict = await store.transact({ id: row.id, expected: row.revision }, (tx) => {
      const result = callRun({ ...run, instance }, time.now(), signal, tx);
      return isThenable(result) ? unlessAborted(result, signal).then(finish) : finish(result);
    });
    return verdict === "done" && plan ? { plan } : "overtaken";
  } catch (error) {
    return { failure: runFailure(error) };
  }
}

function isOpen({ steps }: Instance, { id, attempt, step }: Extract<Effect, { type: "run" }>): boolean {
  const record = steps[step];
  return [record?.do, record?.undo].some(
    (task) => task?.id === id && task.attempt === attempt && task.phase === "open",
  );
}

/** Query builders are asked by `then`, and are no promises. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
