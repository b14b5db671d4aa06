import { referenceOf } from "../load/refs/resolve.js";
import { isObject } from "../load/yaml/json.js";
import { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";

/**
 * An object with its traits merged in. In 2.x a trait overrides the object (JSON Merge Patch onto it); in 3.x the
 * object's own members win. A later trait wins over an earlier one in both.
 */
export function withTraits(context: Context, node: JsonNode): JsonNode {
  const list = node.at("traits");
  if (!Array.isArray(list?.value)) return node;
  const traits: JsonNode[] = [];
  for (const [, one] of list.entries()) {
    const trait = context.resolver.follow(one);
    if (trait && isObject(trait.value)) traits.unshift(trait);
  }
  const layers = context.major === 3 ? [node, ...traits] : [...traits, node];
  return new Merged(layers, node, referredMembers(context, layers));
}

/** Keeps the name and place of the object, whichever layer is read first. */
class Merged extends JsonNode {
  readonly #members: ReadonlyMap<string | number, JsonNode>;

  constructor(layers: readonly JsonNode[], identity: JsonNode, members: ReadonlyMap<string | number, JsonNode>) {
    const { source, pointer, value, base } = stack(layers);
    super(source, pointer, value, base, identity);
    this.#members = members;
  }

  override at(key: string | number): JsonNode | undefined {
    return this.#members.get(key) ?? super.at(key);
  }
}

/** Members that several layers have and one of them by reference: what is merged is what it refers to. */
function referredMembers(context: Context, layers: readonly JsonNode[]): Map<string | number, JsonNode> {
  const members = new Map<string | number, JsonNode>();
  for (const key of new Set(layers.flatMap((layer) => layer.keys()))) {
    const found = layers.flatMap((layer) => layer.at(key) ?? []);
    if (found.length < 2 || found.every((one) => referenceOf(one.value) === undefined)) continue;
    const targets = found.flatMap((one) => context.resolver.follow(one) ?? []);
    if (targets.length > 1) members.set(key, stack(targets));
  }
  return members;
}

function stack(layers: readonly JsonNode[]): JsonNode {
  return layers.reduceRight((below, layer) => layer.over(below));
}
