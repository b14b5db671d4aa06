import type { SchemaNode } from "../../contract/contract.js";

/** What validation asks of a value beyond its type, in words: `At least 1. At most 10.` */
export function remarks(node: SchemaNode): string {
  if (typeof node === "boolean") return "";
  const sentences = [
    bound("At least", node.minimum),
    bound("More than", node.exclusiveMinimum),
    bound("At most", node.maximum),
    bound("Less than", node.exclusiveMaximum),
    bound("A multiple of", node.multipleOf),
    count("At least", node.minLength, "character"),
    count("At most", node.maxLength, "character"),
    count("At least", node.minItems),
    count("At most", node.maxItems),
    node.uniqueItems ? "All different." : undefined,
    bound("Format:", node.format),
    node.pattern === undefined ? undefined : `Matches \`${node.pattern.replaceAll("`", "\\`")}\`.`,
    node.default === undefined ? undefined : `Default: \`${JSON.stringify(node.default).replaceAll("`", "'")}\`.`,
  ];
  return sentences.filter((one) => one !== undefined).join(" ");
}

const bound = (words: string, value: number | string | undefined): string | undefined =>
  value === undefined ? undefined : `${words} ${value}.`;

function count(words: string, value: number | undefined, unit = ""): string | undefined {
  if (value === undefined || (value === 0 && words === "At least")) return undefined;
  const noun = unit && ` ${value === 1 ? unit : `${unit}s`}`;
  return `${words} ${value === 1 ? "one" : value}${noun}.`;
}
