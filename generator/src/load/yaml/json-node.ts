import type { Origin } from "../../contract/contract.js";
import type { Source } from "../files/source.js";
import { isObject, member } from "./json.js";
import { child } from "./pointer.js";

/**
 * A value of a document that knows where it stands. Traits make layered nodes: what the upper layer
 * leaves out is looked up in the one below.
 */
export class JsonNode {
  readonly source: Source;
  /** Without `#`. */
  readonly pointer: string;
  readonly value: unknown;
  readonly base: JsonNode | undefined;
  readonly #identity: JsonNode | undefined;

  constructor(source: Source, pointer: string, value: unknown, below?: JsonNode, identity?: JsonNode) {
    this.#identity = identity;
    this.source = source;
    this.pointer = pointer;
    this.value = value;
    this.base = below;
  }

  /** The same for the same place, whoever refers to it. */
  get id(): string {
    if (this.#identity) return this.#identity.id;
    const own = `${this.source.location}#${this.pointer}`;
    return this.base ? `${own}+${this.base.id}` : own;
  }

  get origin(): Origin {
    const { source, pointer } = this.#identity ?? this;
    return { file: source.file, pointer: `#${pointer}` };
  }

  /** A member, as it stands: a reference is not followed. */
  at(key: string | number): JsonNode | undefined {
    const own = member(this.value, key);
    const under = this.base?.at(key);
    if (own === undefined) return under;
    const node = new JsonNode(this.source, child(this.pointer, key), own);
    return under && isObject(own) && isObject(under.value) ? node.over(under) : node;
  }

  /** All members of an object or array, in order. */
  *entries(): Generator<[key: string, node: JsonNode]> {
    if (typeof this.value !== "object" || this.value === null) return;
    for (const key of this.keys()) {
      const node = this.at(key);
      if (node) yield [key, node];
    }
  }

  keys(): string[] {
    if (typeof this.value !== "object" || this.value === null) return [];
    const own = Object.keys(this.value);
    return this.base ? [...new Set([...own, ...this.base.keys()])] : own;
  }

  /** This node, with another to look into for what it leaves out. */
  over(below: JsonNode): JsonNode {
    return new JsonNode(this.source, this.pointer, this.value, this.base ? this.base.over(below) : below);
  }

  string(key: string): string | undefined {
    const value = this.at(key)?.value;
    return typeof value === "string" ? value : undefined;
  }

  boolean(key: string): boolean {
    return this.at(key)?.value === true;
  }

  /** The whole value as plain data, layers merged. */
  get toJSON(): unknown {
    if (!this.base || !isObject(this.value)) return this.value;
    return Object.fromEntries([...this.entries()].map(([key, node]) => [key, node.toJSON]));
  }
}
