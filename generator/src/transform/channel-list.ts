import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";
import { constName } from "./names.js";

/** The channels of a document by key, and which of them a reference means. */
export class ChannelList {
  /** In document order, references followed. */
  readonly nodes: ReadonlyMap<string, JsonNode>;
  readonly #context: Context;
  readonly #keys = new Map<string, string>();

  constructor(context: Context) {
    const nodes = new Map<string, JsonNode>();
    for (const [key, entry] of context.resolver.member(context.root, "channels")?.entries() ?? []) {
      const node = context.resolver.follow(entry);
      if (!node || !isObject(node.value)) continue;
      nodes.set(key, node);
      this.#keys.set(entry.id, key);
      if (!this.#keys.has(node.id)) this.#keys.set(node.id, key);
    }
    this.nodes = nodes;
    this.#context = context;
  }

  /** Key of the channel that a Reference Object leads to. */
  keyOf(reference: JsonNode): string | undefined {
    const { resolver } = this.#context;
    const target = resolver.hop(reference);
    const final = target && resolver.follow(target);
    return target && (this.#keys.get(target.id) ?? (final && this.#keys.get(final.id)));
  }
}

/** What a channel is called in code: its key without parameters. */
export function channelName(key: string): string {
  return constName(key.replace(/\{[^{}]*\}/g, " ")) || constName(key) || "channel";
}
