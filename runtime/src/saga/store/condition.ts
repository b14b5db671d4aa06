/** What a saga is doing: one answer for lists, details, the command line and metrics. */
import { type Instance, isAtRest, type Task } from "./instance.js";
import type { SagaRow, SagaStatus } from "./saga-store.js";

/**
 * - `running`: a command, a function or a child saga of it is under way
 * - `waiting`: it only waits for events, or sleeps
 * - `retrying`: an attempt has failed, and the next one is due later
 * - `paused`: an operator has paused it
 * - `compensating`: it rolls back
 * - `needs-attention`: it stands still until an operator acts; so does a saga whose child needs attention
 * - `unreadable`: its state cannot be read
 * - `completed`, `compensated`, `cancelled`: finished
 */
export type SagaCondition = SagaStatus | "waiting" | "retrying" | "paused" | "unreadable";

/** The condition of a saga, from its row alone. */
export function conditionOf(row: Pick<SagaRow, "status" | "paused" | "state" | "unreadable">): SagaCondition {
  if (row.unreadable !== undefined) return "unreadable";
  if (isAtRest(row.status)) return row.status;
  if (row.paused) return "paused";
  const instance = row.state as unknown as Instance | null;
  if (!instance) return row.status;
  let underWay = 0;
  let waiting = 0;
  let retrying = 0;
  for (const [path, record] of Object.entries(instance.steps)) {
    if (record.status !== "open" && record.status !== "undoing") continue;
    if (record.needsAttention) return "needs-attention";
    const task = record.status === "open" ? record.do : record.undo;
    if (!task) continue;
    underWay += 1;
    const isPause = task.phase === "backoff" && task.renew === true && task.polls !== undefined;
    if (isPause || isEventWait(instance, path) || isSleep(task)) waiting += 1;
    else if (task.phase === "backoff") retrying += 1;
  }
  if (retrying > 0) return "retrying";
  if (row.status === "compensating") return "compensating";
  return underWay > 0 && waiting === underWay ? "waiting" : "running";
}

/** Only waits subscribe to keys under their path. */
function isEventWait({ keys }: Instance, path: string): boolean {
  return keys?.[path] !== undefined;
}

/** The payload of a sleep is the time when it ends. */
function isSleep({ payload, dueAt, phase }: Task): boolean {
  return phase === "open" && typeof payload === "number" && payload === dueAt;
}
