import type { Reporter } from "../diagnostic.js";
import { isSource, type Library } from "./library.js";
import { Node } from "./node.js";
import { child, decodePart, keysOf } from "./pointer.js";
import type { Source } from "./source.js";
import { isObject, member } from "./values.js";

/** Most references that may lead to one another. */
const MAX_HOPS = 100;

/** Follows references over all loaded files, and reports those that lead nowhere, each once. */
export class Resolver {
  readonly #library: Library;
  readonly #reporter: Reporter;

  constructor(library: Library, reporter: Reporter) {
    this.#library = library;
    this.#reporter = reporter;
  }

  /** The node itself, or what it refers to in the end. Undefined, and reported, when that does not exist. */
  follow(node: Node): Node | undefined {
    return this.trail(node).at(-1);
  }

  /** The node and every reference on the way to what is none, which comes last. Empty when that does not exist. */
  trail(node: Node): readonly Node[] {
    const trail = [node];
    for (let current = node; trail.length <= MAX_HOPS; trail.push(current)) {
      if (referenceOf(current.value) === undefined) return trail;
      const next = this.hop(current);
      if (!next) return [];
      current = next;
    }
    const hint = "Let one of the references in the circle be the thing itself.";
    this.#reporter.error(
      node,
      "circular-reference",
      `the reference '${referenceOf(node.value)}' leads in a circle`,
      hint,
    );
    return [];
  }

  /** A member of a node, with references on both followed. */
  member(node: Node | undefined, key: string | number): Node | undefined {
    const target = node && this.follow(node);
    const found = target?.at(key);
    return found && this.follow(found);
  }

  /** One step along a reference. */
  hop(node: Node): Node | undefined {
    const reference = referenceOf(node.value);
    if (reference === undefined) return node;
    const source = this.#library.find(node.source, reference);
    if (!isSource(source)) {
      this.#reporter.error(node, source.code, `cannot follow '${reference}': ${source.message}`, source.hint);
      return undefined;
    }
    if (source.diagnostics.length > 0) {
      for (const one of source.diagnostics) this.#reporter.add(one);
      return undefined;
    }
    const hash = reference.indexOf("#");
    const target = this.#walk(source, hash < 0 ? "" : reference.slice(hash + 1));
    if (!target) {
      const hint = "Check the spelling; `/` in a key is written `~1`.";
      this.#reporter.error(node, "unresolved-reference", `'${reference}' does not exist`, hint);
    }
    return target;
  }

  #walk(source: Source, fragment: string): Node | undefined {
    if (fragment !== "" && !fragment.startsWith("/")) return undefined;
    let node = new Node(source, "", source.value);
    let hops = 0;
    for (const raw of keysOf(fragment)) {
      const key = member(node.value, raw) === undefined ? decodePart(raw) : raw;
      while (member(node.value, key) === undefined && referenceOf(node.value) !== undefined) {
        const next = hops++ < MAX_HOPS ? this.hop(node) : undefined;
        if (!next) return undefined;
        node = next;
      }
      const value = member(node.value, key);
      if (value === undefined) return undefined;
      node = new Node(node.source, child(node.pointer, key), value);
    }
    return node;
  }
}

/** The text of a Reference Object. */
export function referenceOf(value: unknown): string | undefined {
  const reference = isObject(value) ? member(value, "$ref") : undefined;
  return typeof reference === "string" ? reference : undefined;
}
