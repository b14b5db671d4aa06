import { type SagaDefinition, stepsOf } from "../saga/define/definition.js";
import type { AnyOperation } from "../wire/operations.js";

/** An operation that sagas send messages for. */
export interface UsedOperation {
  readonly operation: AnyOperation;
  /** Whether one of the sagas undoes something by it. */
  readonly undoes: boolean;
}

/** What the sagas send, in the order in which they do. */
export function operationsOfSagas(sagas: readonly SagaDefinition[]): readonly UsedOperation[] {
  const used = new Map<string, UsedOperation>();
  for (const step of sagas.flatMap((saga) => [...stepsOf(saga).values()])) {
    for (const action of [step.action, step.compensate]) {
      if (!action || !("operation" in action) || action.kind === "wait") continue;
      const { operation } = action;
      const undoes = action === step.compensate || (used.get(operation.id)?.undoes ?? false);
      used.set(operation.id, { operation, undoes });
    }
  }
  return [...used.values()];
}
