/** Keys under which stands whatever the author likes: a `$ref` there is a word of that data, and refers to nothing. */
const DATA = new Set(["default", "const", "enum", "example", "examples"]);

/** Keys whose members the author named: `properties: { default: ... }` describes a member that is called so. */
const NAMED = new Set([
  ...["properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas", "schemas"],
  ...["messages", "channels", "operations", "servers", "variables", "parameters", "components", "replies"],
  ...["messageTraits", "operationTraits", "correlationIds", "serverVariables", "replyAddresses", "tags"],
]);

/** What the values of an object are: parts of a document, parts under names of the author, or data. */
export type Region = "parts" | "named" | "data";

/** What stands under a key. */
export function regionUnder(region: Region, key: string, isList: boolean): Region {
  if (region === "data") return "data";
  if (region === "named" || isList) return "parts";
  if (DATA.has(key)) return "data";
  return NAMED.has(key) ? "named" : "parts";
}
