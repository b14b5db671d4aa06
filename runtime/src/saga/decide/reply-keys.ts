/**
 * Keys of replies whose correlation id the contract places in a field of its own. Where that field holds our correlation
 * id it names the saga; where it holds a UUID, a number or a business value, the saga subscribes to that value as a key.
 */

import { declaredCorrelation } from "../../wire/correlation.js";
import type { AnyRequest } from "../../wire/operations.js";
import type { SagaDefinition } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { effectKey } from "../store/ids.js";
import type { Instance, Task } from "../store/instance.js";

/** The channel in the key table for replies to an operation. No event channel has this name. */
export function replyChannel({ id }: AnyRequest): string {
  return `reply to ${id}`;
}

/** The key by which the reply to an attempt finds its saga; undefined where the correlation id is enough. */
export function replyKey(operation: AnyRequest, task: Task, attempt: number): string | undefined {
  const { id, payload, headers = {} } = task;
  const correlationId = effectKey({ id, attempt });
  const declared = declaredCorrelation(operation, { headers, payload }, correlationId);
  return declared === correlationId ? undefined : declared;
}

/** The command of a saga that a key belongs to: the open one, if there is one. */
export function commandOf(
  definition: SagaDefinition,
  { steps }: Instance,
  operation: AnyRequest,
  key: string,
): { readonly id: string; readonly attempt: number; readonly isOpen: boolean } | undefined {
  let found: { readonly id: string; readonly attempt: number; readonly isOpen: boolean } | undefined;
  for (const [path, record] of Object.entries(steps)) {
    const step = stepAt(definition, path);
    for (const side of ["do", "undo"] as const) {
      const action = side === "do" ? step?.action : step?.compensate;
      const task = record[side];
      if (!task || found?.isOpen || action?.kind !== "call" || action.operation.id !== operation.id) continue;
      // A business value is the same for every attempt: the current one is meant.
      for (let attempt = task.attempt; attempt > 0; attempt -= 1) {
        if (replyKey(operation, task, attempt) !== key) continue;
        found = { id: task.id, attempt, isOpen: task.phase !== "closed" };
        break;
      }
    }
  }
  return found;
}
