/** How far a saga has come in its definition, worked out without the code that decides it. */
import type { Node, ParallelNode, SagaDefinition, SequenceNode } from "../../saga/define/definition.js";
import { bodyOf, childrenOf, groupAt } from "../../saga/define/nodes.js";
import type { Instance } from "../../saga/store/instance.js";

/** The first step or group that a saga has still to go through before the node is done; undefined when it is. */
export function openIn(instance: Instance, node: Node): string | undefined {
  switch (node.kind) {
    case "step": {
      const { status, failure } = instance.steps[node.path] ?? {};
      return status === "skipped" || (status === "done" && !failure) ? undefined : node.path;
    }
    case "sequence":
      return firstOpen(instance, node.nodes);
    default: {
      const group = instance.groups?.[node.path];
      if (group?.status === "skipped") return undefined;
      if (node.kind === "phase") return openIn(instance, node.body);
      if (!group || group.failure) return node.path;
      if (node.kind === "branch") return openIn(instance, node.cases[group.case ?? ""] ?? nothing);
      if (node.kind === "each")
        return firstOpen(
          instance,
          (group.items ?? []).map((_, index) => bodyOf(node, index)),
        );
      const winner = node.mode === "any" ? node.members[group.winner ?? ""] : undefined;
      // All of an `any` may have been passed over.
      return winner ? openIn(instance, winner.node) : firstOpen(instance, childrenOf(node));
    }
  }
}

const nothing: SequenceNode = { kind: "sequence", nodes: [] };

function firstOpen(instance: Instance, nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    const open = openIn(instance, node);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** What a saga had to finish before the step at this path could start, and has not. */
export function openBefore(instance: Instance, { root }: SagaDefinition, path: string): string | undefined {
  for (const node of root.nodes) {
    if (isAt(node, path)) return undefined;
    const open = openIn(instance, node);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** Whether the path is the node's, or that of something inside it. */
function isAt(node: Node, path: string): boolean {
  if (node.kind === "sequence") return node.nodes.some((inner) => isAt(inner, path));
  // The steps of a phase stand where they would without it.
  if (node.kind === "phase") return isAt(node.body, path);
  return path === node.path || path.startsWith(`${node.path}/`);
}

/** The race that the step at this path has lost: a parallel group of mode `any` in which another member was first. */
export function lostRaceOf(
  { groups = {} }: Instance,
  definition: SagaDefinition,
  path: string,
): ParallelNode | undefined {
  for (const [group, { winner }] of Object.entries(groups)) {
    if (winner === undefined || !path.startsWith(`${group}/`)) continue;
    const node = groupAt(definition, group);
    if (node?.kind === "parallel" && !`${path}/`.startsWith(`${group}/${winner}/`)) return node;
  }
  return undefined;
}
