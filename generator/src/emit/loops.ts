import type { NamedType, SchemaNode, SchemaObject } from "../contract/contract.js";
import { components } from "./references.js";

/**
 * Takes out references that lead back to where they stand without going into a member or an item: `Pet` is one of `Cat`
 * and `Dog`, each of which is all of `Pet`. Neither a compiler nor a validator comes to an end with these. Alternatives
 * go first, so that a base keeps its members and its kinds still extend it; what is left accepts more, never less.
 */
export function withoutLoops(types: readonly NamedType[]): readonly NamedType[] {
  return cut(cut(types, withoutAlternatives), withoutParts);
}

type Cut = (node: SchemaObject, loops: (part: SchemaNode) => boolean) => SchemaObject;

function cut(types: readonly NamedType[], take: Cut): readonly NamedType[] {
  const edges = new Map(types.map((type) => [type.name, sameValue(type.schema)]));
  const targets = (name: string): readonly string[] => edges.get(name)?.filter((one) => edges.has(one)) ?? [];
  const { recursive } = components([...edges.keys()], targets);
  return types.map((type) => {
    if (typeof type.schema === "boolean" || !recursive.has(type.name)) return type;
    const loops = (part: SchemaNode): boolean =>
      sameValue(part).some((name) => name === type.name || leadsTo(name, type.name, edges));
    return { ...type, schema: take(type.schema, loops) };
  });
}

function leadsTo(from: string, to: string, edges: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const pending = [...(edges.get(from) ?? [])];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === to) return true;
    if (!seen.has(name)) pending.push(...(edges.get(name) ?? []));
    seen.add(name);
  }
  return false;
}

// The types that a value must be compared with before anything inside it is looked at.
function sameValue(node: SchemaNode): readonly string[] {
  if (typeof node === "boolean") return [];
  if (node.$ref !== undefined) return [node.$ref];
  const { oneOf = [], anyOf = [], allOf = [], not, if: condition, then, else: otherwise } = node;
  const parts = [...oneOf, ...anyOf, ...allOf, not, condition, then, otherwise];
  return parts.flatMap((part) => (part === undefined ? [] : sameValue(part)));
}

const withoutAlternatives: Cut = (node, loops) => {
  const { oneOf, anyOf, not, if: condition, then, else: otherwise, ...rest } = node;
  const conditional = [condition, then, otherwise].some((part) => part !== undefined && loops(part));
  return {
    ...rest,
    ...(oneOf && !oneOf.some(loops) && { oneOf }),
    ...(anyOf && !anyOf.some(loops) && { anyOf }),
    ...(not !== undefined && !loops(not) && { not }),
    ...(condition !== undefined && !conditional && { if: condition }),
    ...(then !== undefined && !conditional && { then }),
    ...(otherwise !== undefined && !conditional && { else: otherwise }),
    ...(rest.allOf && {
      allOf: rest.allOf.map((part) => (typeof part === "boolean" ? part : withoutAlternatives(part, loops))),
    }),
  };
};

const withoutParts: Cut = ({ allOf = [], $ref, ...rest }, loops) => {
  const kept = allOf.filter((part) => !loops(part));
  return { ...rest, ...($ref !== undefined && !loops({ $ref }) && { $ref }), ...(kept.length > 0 && { allOf: kept }) };
};
