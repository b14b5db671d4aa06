import { member } from "../yaml/json.js";
import { JsonNode } from "../yaml/json-node.js";
import { child, decodePart, unescapeKey } from "../yaml/pointer.js";

/** Most steps that a guess may take. */
const MAX_STEPS = 10_000;

/**
 * The only value that a fragment can mean whose keys were not escaped: in `#/messages/a/b` the key may be `a/b`.
 * Undefined where there is none, or more than one.
 *
 * @param enter what a reference on the way leads to
 */
export function unescapedPointer(
  start: JsonNode,
  fragment: string,
  enter: (node: JsonNode) => JsonNode | undefined,
): JsonNode | undefined {
  const parts = fragment.split("/").slice(1);
  const found = new Map<string, JsonNode>();
  let steps = 0;

  const search = (at: JsonNode, from: number): void => {
    if (from === parts.length) found.set(at.id, at);
    for (let to = from + 1; to <= parts.length && found.size < 2 && steps++ < MAX_STEPS; to++) {
      for (const key of spellings(parts.slice(from, to).join("/"))) {
        const holder = member(at.value, key) === undefined ? enter(at) : at;
        const value = member(holder?.value, key);
        if (holder && value !== undefined) search(new JsonNode(holder.source, child(holder.pointer, key), value), to);
      }
    }
  };
  search(start, 0);
  const [only] = found.values();
  return found.size === 1 && steps < MAX_STEPS ? only : undefined;
}

/** As written, and with one or both of the two encodings undone. */
function spellings(text: string): Set<string> {
  const decoded = decodePart(text);
  return new Set([text, unescapeKey(text), decoded, unescapeKey(decoded)]);
}
