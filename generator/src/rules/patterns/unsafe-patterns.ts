import type { Source } from "../../load/files/source.js";
import { isObject } from "../../load/yaml/json.js";
import { JsonNode } from "../../load/yaml/json-node.js";
import { child } from "../../load/yaml/pointer.js";
import { redosChecker } from "./unsafe-pattern.js";

/** Members whose values are checked by a schema that stands near. */
const samples: ReadonlySet<string> = new Set(["examples", "example", "default"]);

/** The patterns of these files that may take for ever with the longest text among their examples and defaults. */
export function unsafePatterns(sources: readonly Source[]): readonly JsonNode[] {
  const patterns: { source: Source; pointer: string; pattern: string }[] = [];
  let longest = 0;
  for (const source of sources) {
    const visit = (value: unknown, pointer: string): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, one] of Object.entries(value)) {
        const place = child(pointer, key);
        if (samples.has(key)) longest = Math.max(longest, longestText(one));
        if (key === "pattern" && typeof one === "string") patterns.push({ source, pointer: place, pattern: one });
        if (key === "patternProperties" && isObject(one)) {
          for (const name of Object.keys(one)) patterns.push({ source, pointer: child(place, name), pattern: name });
        }
        visit(one, place);
      }
    };
    visit(source.value, "");
  }
  const isUnsafe = redosChecker(longest);
  return patterns.flatMap(({ source, pointer, pattern }) =>
    isUnsafe(pattern) ? [new JsonNode(source, pointer, pattern)] : [],
  );
}

/** Length of the longest text in a value, names of members included. */
export function longestText(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((most, [key, one]) => Math.max(most, key.length, longestText(one)), 0);
}
