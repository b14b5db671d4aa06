import { Reporter } from "../../contract/diagnostic.js";
import type { Source } from "../files/source.js";
import { isSource, type SourceFiles } from "../files/source-files.js";
import { type Region, regionUnder } from "../yaml/data.js";
import { JsonNode } from "../yaml/json-node.js";
import { Resolver, referenceOf } from "./resolve.js";

/** Most values that a document may have once every reference is replaced by its target. */
const MAX_EXPANDED = 150_000;

/** Deepest nesting then. */
const MAX_EXPANDED_DEPTH = 400;
/** Why a file is not there that would be read without end. */
const endless: ReadonlySet<string> = new Set(["not-a-file", "too-large"]);

/**
 * Whether tools that replace references by their targets can read a document. A few lines of references to references
 * make a tree that no machine walks; a reference back to where it came from counts nothing.
 */
export function isExpandable(root: Source, library: SourceFiles): boolean {
  const resolver = new Resolver(library, new Reporter(), { lenient: true });
  const sizes = new Map<string, number>();

  const measure = (node: JsonNode, depth: number, region: Region): number => {
    if (depth > MAX_EXPANDED_DEPTH) return Number.POSITIVE_INFINITY;
    const reference = region === "data" ? undefined : referenceOf(node.value);
    if (reference !== undefined) {
      const source = library.find(node.source, reference);
      // A device has no end, and others do not look before they read.
      if (!isSource(source) && endless.has(source.code)) return Number.POSITIVE_INFINITY;
      const target = resolver.hop(node);
      if (!target) return 1;
      const known = sizes.get(target.id);
      if (known !== undefined) return known;
      sizes.set(target.id, 0);
      const size = measure(target, depth + 1, region);
      sizes.set(target.id, size);
      return size;
    }
    let size = 1;
    for (const [key, one] of node.entries()) {
      const inner = regionUnder(region, key, Array.isArray(node.value));
      size += typeof one.value === "object" ? measure(one, depth + 1, inner) : 1;
      if (size > MAX_EXPANDED) break;
    }
    return size;
  };
  return measure(new JsonNode(root, "", root.value), 0, "parts") <= MAX_EXPANDED;
}
