import type { Operation } from "../contract/contract.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";
import { extension, stringExtension } from "./extensions.js";
import type { ListedOperation } from "./operation-list.js";

/**
 * Which operation undoes which, by name: what `x-compensated-by` says, as far as something can be undone so. What cannot
 * is reported. `listed` and `operations` are the same ones.
 */
export function readCompensations(
  context: Context,
  listed: readonly ListedOperation[],
  operations: readonly Operation[],
): ReadonlyMap<string, string> {
  const names = operationNames(listed);
  const undoneBy = new Map<string, string>();
  for (const [index, { node }] of listed.entries()) {
    const operation = operations[index];
    const at = extension(node, "compensated-by");
    const wanted = stringExtension(context, node, "compensated-by");
    if (!operation || !at || wanted === undefined) continue;
    const name = names.get(wanted) ?? names.get(wanted.replace(/^#\/operations\//, ""));
    const undo = operations.find((one) => one.name === name);
    if (undo) accept(operation, undo, at);
    else {
      const hint = `Name one of: ${[...new Set(names.values())].slice(0, 10).join(", ")}.`;
      context.reporter.warning(at, "unknown-compensation", `there is no operation '${wanted}'`, hint);
    }
  }
  return undoneBy;

  function accept(operation: Operation, undo: Operation, at: JsonNode): void {
    const problem = whyNot(operation, undo);
    if (!problem) undoneBy.set(operation.name, undo.name);
    else
      context.reporter.warning(at, "unusable-compensation", `x-compensated-by is ignored: ${problem[0]}`, problem[1]);
  }

  function whyNot(operation: Operation, undo: Operation): readonly [problem: string, hint: string] | undefined {
    if (!operation.reply) {
      const problem = `'${operation.name}' has no reply, so nobody knows whether there is something to undo`;
      return [problem, "Give the operation a `reply`, or state `compensate` in the saga step."];
    }
    if (undo.action !== operation.action) {
      const problem = `'${undo.name}' goes the other way: one is sent, the other received`;
      return [problem, "Name an operation with the same `action`."];
    }
    if (undo.messages.length > 1) {
      const problem = `'${undo.name}' has several messages, and nothing says which of them undoes '${operation.name}'`;
      return [problem, "Name an operation with one message."];
    }
    if (leadsBack(undo.name, operation.name)) {
      return [`'${undo.name}' is itself undone by '${operation.name}'`, "Let what undoes something stay done."];
    }
    return undefined;
  }

  function leadsBack(from: string, to: string): boolean {
    let name: string | undefined = from;
    while (name !== undefined && name !== to) name = undoneBy.get(name);
    return name === to;
  }
}

/** Operations by all that an author may call them. */
function operationNames(listed: readonly ListedOperation[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { key, name } of listed) if (key !== undefined && !names.has(key)) names.set(key, name);
  for (const { name } of listed) if (!names.has(name)) names.set(name, name);
  return names;
}
