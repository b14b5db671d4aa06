import type { Document } from "yaml";

/** The text of a bundled document. YAML keeps its comments. */
export function serialize(document: Document, format: "yaml" | "json"): string {
  if (format === "json") return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  return document.toString({ lineWidth: 0 });
}
