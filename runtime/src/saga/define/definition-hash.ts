import { createHash } from "node:crypto";
import type { Json } from "../../codegen.js";
import type { Action, Node, SequenceNode } from "./definition.js";

/**
 * Identifies the structure of a definition: paths, kinds, operations, pivot, whether there is a compensation. Durations,
 * policies and the text of functions may change under a running saga; these may not.
 */
export function definitionHash(root: SequenceNode): string {
  return createHash("sha256")
    .update(JSON.stringify(structure(root)))
    .digest("hex")
    .slice(0, 16);
}

// Keys are written in one fixed order, so that the same structure is always the same text.
function structure(node: Node): Json {
  switch (node.kind) {
    case "sequence":
      return { kind: node.kind, nodes: node.nodes.map(structure) };
    case "step":
      return {
        kind: node.kind,
        path: node.path,
        action: node.action ? signature(node.action) : null,
        pivot: node.pivot,
        compensates: node.compensate !== undefined,
        ...(node.poll && { polls: true }),
      };
    case "branch":
      return { kind: node.kind, path: node.path, cases: named(node.cases, structure) };
    case "parallel": {
      const members = named(node.members, (member) => [[...member.dependsOn], structure(member.node)]);
      return { kind: node.kind, path: node.path, mode: node.mode, rest: node.rest, members };
    }
    case "each":
    case "phase":
      return { kind: node.kind, path: node.path, body: structure(node.body) };
  }
}

function named<T>(values: { readonly [name: string]: T }, of: (value: T) => Json): Json {
  return Object.entries(values).map(([name, value]) => [name, of(value)]);
}

function signature(action: Action): Json {
  switch (action.kind) {
    case "run":
      return { kind: "run", transactional: action.transactional };
    case "sleep":
      return { kind: "sleep" };
    case "child":
      return { kind: "child", type: action.saga.type, version: action.saga.version };
    default:
      return { kind: action.kind, operation: action.operation.id };
  }
}
