import type { Node, NodeObject, Root } from "./node.js";

/** How deep the smallest value of a schema is; infinite when it always contains another of its own. */
export type Height = (node: Node) => number;

/** Measures the schemas of one root. */
export function heightIn(root: Root): Height {
  const known = new Map<string, number>();
  const measure: Height = (node) => {
    if (typeof node === "boolean") return node ? 0 : Number.POSITIVE_INFINITY;
    if (node.$ref !== undefined) {
      const before = known.get(node.$ref);
      if (before !== undefined) return before;
      known.set(node.$ref, Number.POSITIVE_INFINITY);
      const height = measure(root.resolve(node.$ref));
      // Only what did not depend on an open reference is final.
      if (height < Number.POSITIVE_INFINITY) known.set(node.$ref, height);
      else known.delete(node.$ref);
      return height;
    }
    const own = Math.max(
      0,
      ...(node.allOf ?? []).map(measure),
      ...unions(node).map((union) => Math.min(...union.map(measure))),
    );
    return Math.max(own, Math.min(scalar(node), container(node, measure)));
  };
  return measure;
}

const unions = ({ anyOf, oneOf }: NodeObject): (readonly Node[])[] => [anyOf, oneOf].filter((one) => one !== undefined);

function scalar({ type, enum: values, const: constant }: NodeObject): number {
  const types = type === undefined ? [] : [type].flat();
  const simple =
    values !== undefined || constant !== undefined || types.some((one) => one !== "object" && one !== "array");
  return simple ? 0 : Number.POSITIVE_INFINITY;
}

function container(node: NodeObject, measure: Height): number {
  const fields = (node.required ?? []).map((name) => measure(node.properties?.[name] ?? true));
  const items = (node.minItems ?? 0) > 0 ? [node.items ?? true].flat().map(measure) : [];
  return Math.max(0, ...[...fields, ...items].map((height) => height + 1));
}
