import type { Origin } from "../contract.js";
import { child } from "./pointer.js";
import type { Source } from "./source.js";
import { isObject, member } from "./values.js";

/**
 * A value of a document that knows where it stands. Traits make layered nodes: what the upper layer
 * leaves out is looked up in the one below.
 */
export class Node {
  readonly source: Source;
  /** Without `#`. */
  readonly pointer: string;
  readonly value: unknown;
  readonly below: Node | undefined;
  readonly #identity: Node | undefined;

  constructor(source: Source, pointer: string, value: unknown, below?: Node, identity?: Node) {
    this.#identity = identity;
    this.source = source;
    this.pointer = pointer;
    this.value = value;
    this.below = below;
  }

  /** The same for the same place, whoever refers to it. */
  get id(): string {
    if (this.#identity) return this.#identity.id;
    const own = `${this.source.location}#${this.pointer}`;
    return this.below ? `${own}+${this.below.id}` : own;
  }

  get origin(): Origin {
    const { source, pointer } = this.#identity ?? this;
    return { file: source.file, pointer: `#${pointer}` };
  }

  /** A member, as it stands: a reference is not followed. */
  at(key: string | number): Node | undefined {
    const own = member(this.value, key);
    const under = this.below?.at(key);
    if (own === undefined) return under;
    const node = new Node(this.source, child(this.pointer, key), own);
    return under && isObject(own) && isObject(under.value) ? node.over(under) : node;
  }

  /** All members of an object or array, in order. */
  *entries(): Generator<[key: string, node: Node]> {
    if (typeof this.value !== "object" || this.value === null) return;
    for (const key of this.keys()) {
      const node = this.at(key);
      if (node) yield [key, node];
    }
  }

  keys(): string[] {
    if (typeof this.value !== "object" || this.value === null) return [];
    const own = Object.keys(this.value);
    return this.below ? [...new Set([...own, ...this.below.keys()])] : own;
  }

  /** This node, with another to look into for what it leaves out. */
  over(below: Node): Node {
    return new Node(this.source, this.pointer, this.value, this.below ? this.below.over(below) : below);
  }

  string(key: string): string | undefined {
    const value = this.at(key)?.value;
    return typeof value === "string" ? value : undefined;
  }

  boolean(key: string): boolean {
    return this.at(key)?.value === true;
  }

  /** The whole value as plain data, layers merged. */
  get plain(): unknown {
    if (!this.below || !isObject(this.value)) return this.value;
    return Object.fromEntries([...this.entries()].map(([key, node]) => [key, node.plain]));
  }
}
