import type { NamedType, SchemaNode, SchemaObject } from "../contract/contract.js";

/** The schemas directly inside a schema. */
export function subschemas(node: SchemaNode): readonly SchemaNode[] {
  if (typeof node === "boolean") return [];
  const lists = [
    node.oneOf,
    node.anyOf,
    node.allOf,
    Array.isArray(node.items) ? node.items : [node.items as SchemaNode],
  ];
  const maps = [node.properties, node.patternProperties, schemaDependencies(node)];
  const single = [node.additionalProperties, node.additionalItems, node.propertyNames, node.contains];
  const conditional = [node.not, node.if, node.then, node.else];
  const all = [...lists.flatMap((list) => list ?? []), ...maps.flatMap((map) => Object.values(map ?? {}))];
  return [...all, ...single, ...conditional].filter((one) => one !== undefined);
}

function schemaDependencies(node: SchemaObject): Record<string, SchemaNode> {
  const entries = Object.entries(node.dependencies ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, SchemaNode] => !Array.isArray(entry[1])));
}

/** The names of the types that a schema refers to, in the order of their first mention. */
export function references(node: SchemaNode): readonly string[] {
  if (typeof node === "object" && node.$ref !== undefined) return [node.$ref];
  return [...new Set(subschemas(node).flatMap(references))];
}

/** How named types hang together. */
export interface TypeGraph {
  /** Each type after all those that it refers to, as far as there is such an order. */
  readonly order: readonly NamedType[];
  has(name: string): boolean;
  get(name: string): NamedType | undefined;
  /** Names of the types that refer to themselves, through others or directly. */
  readonly recursive: ReadonlySet<string>;
  /** The recursive types that a schema leads to, however far away. */
  recursiveIn(node: SchemaNode): readonly string[];
}

export function typeGraph(types: readonly NamedType[]): TypeGraph {
  const byName = new Map(types.map((type) => [type.name, type]));
  const edges = new Map(types.map((type) => [type.name, references(type.schema).filter((name) => byName.has(name))]));
  const { order, recursive } = components([...byName.keys()], (name) => edges.get(name) ?? []);

  // Most types lead to no recursive one: whoever looks for those need not follow the long chains of the others.
  const leading = new Set<string>();
  for (const name of order) {
    if (recursive.has(name) || edges.get(name)?.some((target) => leading.has(target))) leading.add(name);
  }
  const recursiveIn = (node: SchemaNode): readonly string[] => {
    const seen = new Set(references(node).filter((name) => leading.has(name)));
    // The set grows while it is walked.
    for (const name of seen) for (const target of edges.get(name) ?? []) if (leading.has(target)) seen.add(target);
    return [...seen].filter((name) => recursive.has(name));
  };
  return {
    order: order.flatMap((name) => byName.get(name) ?? []),
    recursive,
    recursiveIn,
    has: (name) => byName.has(name),
    get: (name) => byName.get(name),
  };
}

/**
 * Puts names behind those that they lead to, as far as there is such an order, and finds those that lead to themselves.
 * Tarjan's algorithm, on a stack of its own: chains of types may be longer than the engine's.
 */
export function components(
  names: readonly string[],
  targets: (name: string) => readonly string[],
): { readonly order: readonly string[]; readonly recursive: ReadonlySet<string> } {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const closed = new Set<string>();
  const order: string[] = [];
  const recursive = new Set<string>();

  for (const root of names) {
    const path = index.has(root) ? [] : [enter(root)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = top.targets[top.next++];
      if (target === undefined) {
        path.pop();
        leave(top.name);
        const parent = path.at(-1);
        if (parent) lower(parent.name, low.get(top.name));
      } else if (!index.has(target)) path.push(enter(target));
      else if (!closed.has(target)) lower(top.name, index.get(target));
    }
  }
  return { order, recursive };

  function enter(name: string) {
    index.set(name, index.size);
    low.set(name, index.size - 1);
    open.push(name);
    return { name, targets: targets(name), next: 0 };
  }

  function lower(name: string, value = 0): void {
    low.set(name, Math.min(low.get(name) ?? value, value));
  }

  function leave(name: string): void {
    if (low.get(name) !== index.get(name)) return;
    const members = open.splice(open.indexOf(name));
    for (const member of members) {
      closed.add(member);
      order.push(member);
      if (members.length > 1 || targets(member).includes(member)) recursive.add(member);
    }
  }
}
