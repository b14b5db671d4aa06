import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";
import type { Context } from "./context.js";
import { constName, numbered } from "./names.js";

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
    if (context.major !== 3) return;
    for (const [, entry] of context.resolver.member(context.root, "operations")?.entries() ?? []) {
      const operation = context.resolver.follow(entry);
      if (!operation || !isObject(operation.value)) continue;
      this.#adopt(operation.at("channel"), nodes);
      this.#adopt(context.resolver.member(operation, "reply")?.at("channel"), nodes);
    }
  }

  /** A channel that an operation refers to in another document, and that is none of this document's own, is one of it. */
  #adopt(reference: JsonNode | undefined, nodes: Map<string, JsonNode>): void {
    if (reference === undefined || this.keyOf(reference) !== undefined) return;
    const target = this.#context.resolver.hop(reference);
    const node = target && this.#context.resolver.follow(target);
    if (!target || !node || node.source === this.#context.root.source || !isObject(node.value)) return;
    const key = numbered(lastKey(target.pointer) || "channel", (name) => !nodes.has(name));
    nodes.set(key, node);
    this.#keys.set(target.id, key);
    if (!this.#keys.has(node.id)) this.#keys.set(node.id, key);
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
