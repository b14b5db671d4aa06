import { type Alias, Document, isMap, isNode, isScalar, type Node, parseDocument, visit, type YAMLMap } from "yaml";
import type { Source } from "../load/files/source.js";
import { keysOf } from "../load/yaml/pointer.js";

/** A file as a tree that keeps its comments and the order of its keys. */
export function parseTree({ text, value }: Source): Document {
  // JSON would be written as flow collections, and a text that is no YAML is one value.
  if (typeof value === "string" || /^\s*[[{]/.test(text)) return new Document(value);
  return parseDocument(text, { merge: true, uniqueKeys: false, logLevel: "silent" });
}

/** A copy of what stands at a pointer, free of anchors that live elsewhere in the file. */
export function copyAt(tree: Document, pointer: string): Node | undefined {
  const found = tree.getIn(keysOf(pointer), true) ?? (pointer === "" ? tree.contents : undefined);
  if (!isNode(found)) return undefined;
  const aliases: Alias[] = [];
  visit(found, { Alias: (_, alias) => void aliases.push(alias) });
  if (aliases.length > 0) return new Document(found.toJS(tree)).contents ?? undefined;
  const copy = found.clone();
  return isNode(copy) ? copy : undefined;
}

/** The text of `$ref`, where a node is a reference. */
export function referenceIn(node: unknown): string | undefined {
  const reference = isMap(node) ? node.get("$ref") : undefined;
  return typeof reference === "string" ? reference : undefined;
}

/** The members of a map with text keys. */
export function* entriesOf(map: YAMLMap): Generator<[key: string, value: unknown]> {
  for (const { key, value } of map.items) if (isScalar(key)) yield [String(key.value), value];
}

/** The text of a bundled document. YAML keeps its comments. */
export function serialize(document: Document, format: "yaml" | "json"): string {
  if (format === "json") return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  return document.toString({ lineWidth: 0 });
}
