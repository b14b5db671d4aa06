import type { Contract, SchemaNode, SchemaObject } from "../../contract/contract.js";
import { child } from "../../load/yaml/pointer.js";

/** The schemas of one version: finds named types, and says where a node stands in its document. */
export interface Scope {
  has(type: string): boolean;
  /** Follows `$ref` until there is none. A name that is not known accepts everything. */
  resolve(node: SchemaNode): SchemaNode;
  /** JSON pointer of a node of the contract; `fallback` for one that was made by merging. */
  pointer(node: SchemaNode, fallback: string): string;
}

/** Reads the types and messages of a contract into a {@link Scope}. */
export function scopeOf(contract: Contract): Scope {
  const types = new Map(contract.types.map((type) => [type.name, type]));
  const pointers = new WeakMap<object, string>();
  const mark = (node: SchemaNode, pointer: string): void => {
    if (typeof node !== "object" || pointers.has(node)) return;
    pointers.set(node, pointer);
    for (const [keys, part] of parts(node)) mark(part, keys.reduce(child, pointer));
  };
  for (const { schema, origin } of contract.types) mark(schema, origin.pointer);
  for (const { payload, headers, origin } of contract.messages) {
    if (payload !== undefined) mark(payload, `${origin.pointer}/payload`);
    if (headers !== undefined) mark(headers, `${origin.pointer}/headers`);
  }

  const resolve = (node: SchemaNode): SchemaNode => {
    const seen = new Set<string>();
    let at = node;
    while (typeof at === "object" && at.$ref !== undefined) {
      if (seen.has(at.$ref)) return true;
      seen.add(at.$ref);
      at = types.get(at.$ref)?.schema ?? true;
    }
    return at;
  };
  return {
    has: (type) => types.has(type),
    resolve,
    pointer(node, fallback) {
      if (typeof node !== "object") return fallback;
      const named = node.$ref === undefined ? undefined : types.get(node.$ref);
      return named?.origin.pointer ?? pointers.get(node) ?? fallback;
    },
  };
}

/** The schemas directly inside a schema, with their keys. */
function* parts(node: SchemaObject): Generator<[keys: string[], part: SchemaNode]> {
  for (const keyword of ["allOf", "anyOf", "oneOf"] as const) {
    for (const [index, part] of (node[keyword] ?? []).entries()) yield [[keyword, String(index)], part];
  }
  for (const keyword of ["properties", "patternProperties"] as const) {
    for (const [name, part] of Object.entries(node[keyword] ?? {})) yield [[keyword, name], part];
  }
  for (const keyword of singles) {
    const part = node[keyword];
    if (part !== undefined) yield [[keyword], part];
  }
  for (const [index, part] of [node.items ?? []].flat().entries()) {
    yield [Array.isArray(node.items) ? ["items", String(index)] : ["items"], part];
  }
}

const singles = [
  ...(["additionalItems", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"] as const),
];
