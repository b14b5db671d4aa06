/** Parts of a definition that no saga ever comes to, and replies that none of its branches expects. */
import type { BranchNode, Node, PhaseNode, SagaDefinition, SequenceNode, StepNode } from "../saga/define/definition.js";
import { childrenOf, stepsOf } from "../saga/define/nodes.js";
import { successNames } from "../wire/operations.js";

/** A branch, a phase or a step, and what is wrong with it. */
export interface Unreachable {
  readonly code: "unreachable-branch" | "missing-branch" | "unreachable-step";
  readonly step: string;
  readonly message: string;
}

export function unreachable(saga: SagaDefinition): readonly Unreachable[] {
  const groups = [...nodesOf(saga.root)];
  return [
    ...groups.flatMap((node) => (node.kind === "branch" ? casesOf(node, saga) : [])),
    ...tooLate(saga.root, saga.deadlineMs, "the saga's deadline"),
    ...groups.flatMap((node) => (node.kind === "phase" ? tooLate(node.body, node.timeoutMs, timeoutOf(node)) : [])),
  ];
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const inner of childrenOf(node)) yield* nodesOf(inner);
}

/** A branch that goes by a step's reply needs a case for each of the step's replies, and for nothing else. */
function casesOf(branch: BranchNode, saga: SagaDefinition): Unreachable[] {
  const step = branch.step === undefined ? undefined : stepBefore(branch.path, branch.step, saga);
  if (step?.action?.kind !== "call" || step.onReply) return [];
  const { operation } = step.action;
  const replies = successNames(operation);
  const strange = Object.keys(branch.cases).filter((name) => !replies.includes(name));
  const missing = replies.filter((name) => !Object.hasOwn(branch.cases, name));
  return [
    ...strange.map((name) => ({
      code: "unreachable-branch" as const,
      step: `${branch.path}/${name}`,
      message: `step '${step.path}' is never answered with '${name}': ${operation.id} gives ${replies.join(" or ")}; name the case after one of them, or drop it`,
    })),
    ...missing.map((name) => ({
      code: "missing-branch" as const,
      step: branch.path,
      message: `${operation.id} may answer step '${step.path}' with '${name}', and no case is for it; add the case`,
    })),
  ];
}

/** The step that a name means at a path: the nearest one from there outwards. */
function stepBefore(path: string, name: string, saga: SagaDefinition): StepNode | undefined {
  const around = path.split("/").slice(0, -1);
  for (let depth = around.length; depth >= 0; depth--) {
    const found = stepsOf(saga).get([...around.slice(0, depth), name].join("/"));
    if (found) return found;
  }
  return undefined;
}

/** The step behind which sleeping alone has taken longer than everything may: the saga has turned back by then. */
function tooLate({ nodes }: SequenceNode, limitMs: number | undefined, limit: string): Unreachable[] {
  if (limitMs === undefined) return [];
  let sleptMs = 0;
  for (const node of nodes) {
    if (sleptMs >= limitMs && node.kind !== "sequence") {
      const message = `${limit} of ${limitMs} ms is over before it begins: the steps before it sleep for ${sleptMs} ms; raise it, or let them sleep less`;
      return [{ code: "unreachable-step", step: node.path, message }];
    }
    // Past the pivot nothing turns the saga back.
    if (node.kind === "step" && node.pivot) return [];
    sleptMs += sleepOf(node);
  }
  return [];
}

function sleepOf(node: Node): number {
  if (node.kind === "phase") return node.body.nodes.reduce((sum, inner) => sum + sleepOf(inner), 0);
  const sleeps = node.kind === "step" && !node.when && node.action?.kind === "sleep";
  return sleeps ? (node.action.durationMs ?? 0) : 0;
}

function timeoutOf({ name }: PhaseNode): string {
  return `the timeout of phase '${name}'`;
}
