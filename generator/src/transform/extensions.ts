import type { Extensions } from "../contract/contract.js";
import { extensions } from "../contract/extensions.js";
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
  const found: { [name: `x-${string}`]: unknown } = {};
  for (const [key, one] of node.entries()) {
    if (isExtension(key)) found[key] = one.toJSON;
  }
  return found;
}

function isExtension(key: string): key is `x-${string}` {
  return key.startsWith("x-") && !key.startsWith("x-parser-");
}

const KNOWN = Object.keys(extensions);

/** Warns of keys that are nearly one of our extensions, and mean nothing as they stand. */
export function reportMisspelt(context: Context, node: JsonNode): void {
  for (const [key, one] of node.entries()) {
    const name = key.replace(/^x-/i, "");
    if (!/^x-/i.test(key) || (key.startsWith("x-") && KNOWN.includes(name))) continue;
    const meant = KNOWN.find((known) => distance(known, name.toLowerCase()) <= (known.length > 6 ? 2 : 1));
    if (meant === undefined) continue;
    const message = `'${key}' is no extension of Sagaspec, but nearly 'x-${meant}'`;
    context.reporter.warning(one, "misspelt-extension", message, `Write \`x-${meant}\` if that is meant.`);
  }
}

/** How many characters have to be inserted, removed, replaced or swapped with their neighbour. */
function distance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    const [above = [], before] = [rows[i - 1], rows[i - 2]];
    for (let j = 1; j <= right.length; j += 1) {
      const isSame = left[i - 1] === right[j - 1];
      const isSwapped = before && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const ways = [(above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (isSame ? 0 : 1)];
      row.push(Math.min(...ways, ...(isSwapped ? [(before[j - 2] ?? 0) + 1] : [])));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
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
