import type { Operation } from "../contract/contract.js";

/**
 * The operations that undo others of the same contract, each behind those that undo it: in this order their constants can
 * refer to each other. Where operations undo each other in a circle, the one that closes it is left out.
 */
export function compensations(operations: readonly Operation[]): readonly Operation[] {
  const ordered: Operation[] = [];
  const visited = new Set<Operation>();
  const visit = (operation: Operation): void => {
    if (visited.has(operation)) return;
    visited.add(operation);
    const undo = operations.find((one) => one.name === operation.compensatedBy && one.messages.length <= 1);
    if (!undo) return;
    visit(undo);
    if (!ordered.includes(undo)) ordered.push(undo);
  };
  for (const operation of operations) visit(operation);
  return ordered;
}

/** What undoes an operation, as far as its constant stands before the operation's own. */
export function compensationOf(operation: Operation, undoing: readonly Operation[]): Operation | undefined {
  const own = undoing.indexOf(operation);
  const before = own < 0 ? undoing : undoing.slice(0, own);
  return before.find((one) => one.name === operation.compensatedBy);
}
