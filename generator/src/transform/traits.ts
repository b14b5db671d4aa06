import type { Node } from "../load/node.js";
import { isObject } from "../load/values.js";
import type { Context } from "./context.js";

/**
 * An object with its traits merged in. In 2.x a trait overrides the object (JSON Merge Patch onto it); in 3.x the
 * object's own members win. A later trait wins over an earlier one in both.
 */
export function withTraits(context: Context, node: Node): Node {
  const list = node.at("traits");
  if (!Array.isArray(list?.value)) return node;
  const traits: Node[] = [];
  for (const [, one] of list.entries()) {
    const trait = context.resolver.follow(one);
    // The first form of 2.0 allowed [trait, parameters].
    if (trait && isObject(trait.value)) traits.push(trait);
  }
  const layers = context.major === 3 ? [node, ...traits.reverse()] : [...traits.reverse(), node];
  const merged = layers.reduceRight((below, layer) => layer.over(below));
  // The object stays who it is, whichever layer is read first.
  return merged.as(node);
}
