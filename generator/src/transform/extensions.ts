import type { Extensions } from "../contract/contract.js";
import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";

const UNITS = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Every `x-` member as written. */
export function extensionsOf(node: JsonNode): Extensions {
  const extensions: { [name: `x-${string}`]: unknown } = {};
  for (const [key, one] of node.entries()) {
    if (isExtension(key)) extensions[key] = one.toJSON;
  }
  return extensions;
}

function isExtension(key: string): key is `x-${string}` {
  return key.startsWith("x-") && !key.startsWith("x-parser-");
}

/** One of our extensions: `x-timeout`, or `timeout` under `x-sagaspec`, which wins. */
export function extension(node: JsonNode, name: string): JsonNode | undefined {
  return node.at("x-sagaspec")?.at(name) ?? node.at(`x-${name}`);
}

export function stringExtension(context: Context, node: JsonNode, name: string): string | undefined {
  const found = extension(node, name);
  if (!found) return undefined;
  if (typeof found.value === "string" && found.value !== "") return found.value;
  return reportShape(context, found, name, "a text");
}

export function flagExtension(context: Context, node: JsonNode, name: string): boolean {
  const found = extension(node, name);
  if (!found) return false;
  if (typeof found.value === "boolean") return found.value;
  return reportShape(context, found, name, "true or false") ?? false;
}

/** Milliseconds of `5s`, `500ms`, `1.5h` or a whole number. */
export function durationExtension(context: Context, node: JsonNode, name: string): number | undefined {
  const found = extension(node, name);
  if (!found) return undefined;
  const { value } = found;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  const [, amount, unit] = typeof value === "string" ? (/^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) ?? []) : [];
  const milliseconds = Math.round(Number(amount) * (UNITS.get(unit ?? "") ?? Number.NaN));
  if (milliseconds > 0 && Number.isSafeInteger(milliseconds)) return milliseconds;
  return reportShape(context, found, name, "a duration such as 5s or 500ms");
}

/** Whether the value of one of our extensions is an object, and says so if not. */
export function objectExtension(context: Context, node: JsonNode, name: string): JsonNode | undefined {
  const found = extension(node, name);
  if (!found) return undefined;
  return isObject(found.value) || Array.isArray(found.value) ? found : reportShape(context, found, name, "an object");
}

// Other tools may own the word, so a wrong value is theirs until shown otherwise.
function reportShape(context: Context, node: JsonNode, name: string, wanted: string): undefined {
  const message = `x-${name} is ignored: ${JSON.stringify(node.value)} is not ${wanted}`;
  context.reporter.warning(node, "extension-shape", message, `Write ${wanted}, or put ours under \`x-sagaspec\`.`);
}
