import type { JsonNode } from "../load/yaml/json-node.js";
import { keysOf } from "../load/yaml/pointer.js";
import { singular, typeName } from "./names.js";

/** Keys whose members the author named. */
const MAPS = new Set(["schemas", "definitions", "$defs", "messages", "channels", "operations", "properties"]);
/** Keys that lead on without saying anything. */
const STEPS = new Set([
  "components",
  "payload",
  "schema",
  "message",
  "publish",
  "subscribe",
  "oneOf",
  "anyOf",
  "allOf",
]);

/**
 * Names for a schema that is referred to, best first: its key, then its whole path
 * (`#/components/schemas/Order/properties/lines/items` is `OrderLine`); a whole file is named after the file.
 */
export function referenceNames(node: JsonNode): string[] {
  const keys = keysOf(node.pointer);
  const named = keys.length === 1 || ["schemas", "definitions", "$defs"].includes(keys.at(-2) ?? "");
  const names = [node.string("x-name") ?? "", named ? (keys.at(-1) ?? "") : ""].map(typeName);
  const path = keys.length > 0 ? pathName(keys) : typeName(fileStem(node.source.location));
  const found = [...names, path].filter((name) => name !== "");
  return found.length > 0 ? [...new Set(found)] : ["Schema"];
}

function fileStem(location: string): string {
  return (location.split(/[\\/]/).pop() ?? "").replace(/\.[^.]*$/, "");
}

function pathName(keys: readonly string[]): string {
  let name = "";
  let isMember = false;
  for (const key of keys) {
    if (isMember) name += typeName(key);
    else if (key === "items") name = singular(name);
    else if (!MAPS.has(key) && !STEPS.has(key)) name += typeName(key);
    isMember = !isMember && MAPS.has(key);
  }
  return name;
}
