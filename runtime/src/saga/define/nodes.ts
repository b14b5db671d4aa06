/** Finds nodes of a definition by path. */
import type { EachNode, GroupNode, Node, SagaDefinition, SequenceNode, StepNode } from "./definition.js";

type NamedNode = StepNode | GroupNode;

const indexes = new WeakMap<SequenceNode, ReadonlyMap<string, NamedNode>>();
const templates = new WeakMap<SequenceNode, ReadonlyMap<string, StepNode>>();
const bodies = new WeakMap<EachNode, Map<number, SequenceNode>>();

/** The steps of a definition by path, in the order of the definition; inside an `each` the item is `*`. */
export function stepsOf({ root }: Pick<SagaDefinition, "root">): ReadonlyMap<string, StepNode> {
  let steps = templates.get(root);
  if (!steps) {
    steps = new Map(leaves(root).map((step) => [step.path, step]));
    templates.set(root, steps);
  }
  return steps;
}

/** The step at a path of a saga; inside an `each` with the index of its item. */
export function stepAt({ root }: Pick<SagaDefinition, "root">, path: string): StepNode | undefined {
  const node = find(root, path);
  return node?.kind === "step" ? node : undefined;
}

/** The group at a path of a saga. */
export function groupAt({ root }: Pick<SagaDefinition, "root">, path: string): GroupNode | undefined {
  const node = find(root, path);
  return node?.kind === "step" ? undefined : node;
}

/** The steps of an `each` for one of its items, with the paths that they have in a saga. */
export function bodyOf(each: EachNode, index: number): SequenceNode {
  let known = bodies.get(each);
  if (!known) {
    known = new Map();
    bodies.set(each, known);
  }
  let body = known.get(index);
  if (!body) {
    body = moved(each.body, `${each.path}/*`, `${each.path}/${index}`);
    known.set(index, body);
  }
  return body;
}

/** The nodes inside a node, in order; of an `each` those of its template. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "step":
      return [];
    case "sequence":
      return node.nodes;
    case "branch":
      return Object.values(node.cases);
    case "parallel":
      return Object.values(node.members).map((member) => member.node);
    case "each":
    case "phase":
      return [node.body];
  }
}

/** The names that a node takes where it stands: its own, and those of the steps in a phase. */
export function namesIn(node: Node): readonly string[] {
  if (node.kind === "sequence") return node.nodes.flatMap(namesIn);
  return node.kind === "phase" ? [node.name, ...namesIn(node.body)] : [node.name];
}

function leaves(node: Node): StepNode[] {
  return node.kind === "step" ? [node] : childrenOf(node).flatMap(leaves);
}

function find(root: SequenceNode, path: string): NamedNode | undefined {
  let index = indexes.get(root);
  if (!index) {
    index = new Map(namedIn(root).map((node) => [node.path, node]));
    indexes.set(root, index);
  }
  const direct = index.get(path);
  if (direct) return direct;
  const [, group = "", item] = /^(.*?)\/(\d+)\//.exec(path) ?? [];
  const each = index.get(group);
  return each?.kind === "each" ? find(bodyOf(each, Number(item)), path) : undefined;
}

/** Every node with a name that is there once: not those inside an `each`. */
function namedIn(node: Node): NamedNode[] {
  if (node.kind === "step") return [node];
  const inner = node.kind === "each" ? [] : childrenOf(node).flatMap(namedIn);
  return node.kind === "sequence" ? inner : [node, ...inner];
}

function moved<N extends Node>(node: N, from: string, to: string): N;
function moved(node: Node, from: string, to: string): Node {
  const move = <N extends Node>(inner: N) => moved(inner, from, to);
  if (node.kind === "sequence") return { ...node, nodes: node.nodes.map(move) };
  const path = to + node.path.slice(from.length);
  switch (node.kind) {
    case "step":
      return { ...node, path };
    case "branch":
      return { ...node, path, cases: mapped(node.cases, move) };
    case "parallel": {
      const members = mapped(node.members, ({ dependsOn, node: inner }) => ({ dependsOn, node: move(inner) }));
      return { ...node, path, members };
    }
    case "each":
    case "phase":
      return { ...node, path, body: move(node.body) };
  }
}

function mapped<T>(values: { readonly [name: string]: T }, of: (value: T) => T): { readonly [name: string]: T } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value)]));
}
