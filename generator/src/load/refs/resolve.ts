import type { Reporter } from "../../contract/diagnostic.js";
import { isSource, type SourceFiles } from "../files/source-files.js";
import { isObject, member } from "../yaml/json.js";
import { JsonNode } from "../yaml/json-node.js";
import { child, decodePart, keysOf, unescapeKey } from "../yaml/pointer.js";
import { findIdentified } from "./identifiers.js";
import { unescapedPointer } from "./unescaped-pointer.js";

/** Most references that may lead to one another. */
const MAX_HOPS = 100;
/** Most keys that are told where one of them may be meant. */
const MAX_NEARBY = 10;

/** Follows references over all loaded files, and reports those that lead nowhere, each once. */
export class Resolver {
  readonly #library: SourceFiles;
  readonly #reporter: Reporter;
  readonly #lenient: boolean;
  readonly #targets = new Map<string, JsonNode | undefined>();
  /** Of references that are met while another is followed. */
  #depth = 0;

  /** With `lenient`, a reference that can mean one place only leads there, even where it is not spelled correctly. */
  constructor(library: SourceFiles, reporter: Reporter, { lenient = false }: { readonly lenient?: boolean } = {}) {
    this.#library = library;
    this.#reporter = reporter;
    this.#lenient = lenient;
  }

  /** The node itself, or what it refers to in the end. Undefined, and reported, when that does not exist. */
  follow(node: JsonNode): JsonNode | undefined {
    return this.trail(node).at(-1);
  }

  /** The node and every reference on the way to what is none, which comes last. Empty when that does not exist. */
  trail(node: JsonNode): readonly JsonNode[] {
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
      `the reference '${referenceOf(node.value)}' leads in a circle, or on and on: ${MAX_HOPS} references were followed`,
      hint,
    );
    return [];
  }

  /** A member of a node, with references on both followed. */
  member(node: JsonNode | undefined, key: string | number): JsonNode | undefined {
    const target = node && this.follow(node);
    const found = target?.at(key);
    return found && this.follow(found);
  }

  /** One step along a reference. */
  hop(node: JsonNode): JsonNode | undefined {
    const reference = referenceOf(node.value);
    if (reference === undefined) return node;
    const place = `${node.id} ${reference}`;
    if (!this.#targets.has(place)) {
      if (this.#depth >= MAX_HOPS) return undefined;
      this.#depth++;
      // A reference into what it stands for itself leads nowhere.
      this.#targets.set(place, undefined);
      this.#targets.set(place, this.#target(node, reference));
      this.#depth--;
    }
    return this.#targets.get(place);
  }

  #target(node: JsonNode, reference: string): JsonNode | undefined {
    // Alone, `#` is the document only where no schema around it has a name.
    const own = reference === "#" ? this.#identified(node, reference) : undefined;
    if (own) return own;
    const source = this.#library.find(node.source, reference);
    const hash = reference.indexOf("#");
    const fragment = hash < 0 ? "" : reference.slice(hash + 1);
    const isRead = isSource(source) && source.diagnostics.length === 0;
    const file = isRead ? new JsonNode(source, "", source.value) : undefined;
    const found = file && this.#walk(file, fragment);
    const target = found ?? this.#identified(node, reference) ?? (file && this.#identified(file, `#${fragment}`));
    if (target) return target;
    if (!isSource(source)) {
      this.#reporter.error(node, source.code, `cannot follow '${reference}': ${source.message}`, source.hint);
    } else if (source.diagnostics.length > 0) {
      for (const one of source.diagnostics) this.#reporter.add(one);
    } else if (file)
      return this.#guessed(
        node,
        reference,
        unescapedPointer(file, fragment, (one) => this.follow(one)),
        this.#nearby(file, fragment),
      );
    return undefined;
  }

  #walk(start: JsonNode, fragment: string): JsonNode | undefined {
    if (fragment !== "" && !fragment.startsWith("/")) return undefined;
    let node = start;
    let hops = 0;
    for (const raw of keysOf(fragment)) {
      const spellings = [raw, decodePart(raw), unescapeKey(decodePart(raw))];
      const key = spellings.find((one) => member(node.value, one) !== undefined) ?? decodePart(raw);
      while (member(node.value, key) === undefined && referenceOf(node.value) !== undefined) {
        const next = hops++ < MAX_HOPS ? this.hop(node) : undefined;
        if (!next) return undefined;
        node = next;
      }
      const value = member(node.value, key);
      if (value === undefined) return undefined;
      node = new JsonNode(node.source, child(node.pointer, key), value);
    }
    return node;
  }

  #identified(from: JsonNode, reference: string): JsonNode | undefined {
    const found = findIdentified(from, reference);
    return found && this.#walk(found.node, found.rest);
  }

  /** What stands beside the place that a fragment means, if there is any of it. */
  #nearby(file: JsonNode, fragment: string): string {
    const holder = this.#walk(file, fragment.slice(0, Math.max(fragment.lastIndexOf("/"), 0)));
    const keys = isObject(holder?.value) ? holder.keys() : [];
    const more = keys.length > MAX_NEARBY ? ", ..." : "";
    return `${keys
      .slice(0, MAX_NEARBY)
      .map((key) => `'${key}'`)
      .join(", ")}${more}`;
  }

  /** Takes a guess at what was meant, where it is allowed, and says so. */
  #guessed(node: JsonNode, reference: string, target: JsonNode | undefined, nearby: string): JsonNode | undefined {
    const message = `'${reference}' does not exist`;
    if (!target) {
      const hint = `Check the spelling; \`/\` in a key is written \`~1\`.${nearby ? ` There is ${nearby}.` : ""}`;
      this.#reporter.error(node, "unresolved-reference", message, hint);
      return undefined;
    }
    const file = reference.split("#", 1)[0];
    const hint = `Write '${file}#${target.pointer}': \`/\` in a key is written \`~1\`, and \`~\` is written \`~0\`.`;
    if (!this.#lenient) {
      this.#reporter.error(node, "unresolved-reference", message, hint);
      return undefined;
    }
    this.#reporter.warning(node, "unescaped-reference", `${message} in these words, but one place can be meant`, hint);
    return target;
  }
}

/** The text of a Reference Object. */
export function referenceOf(value: unknown): string | undefined {
  const reference = isObject(value) ? member(value, "$ref") : undefined;
  return typeof reference === "string" ? reference : undefined;
}
