import type { Reporter } from "../contract/diagnostic.js";
import type { Resolver } from "../load/refs/resolve.js";
import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { TypeTable } from "./type-table.js";

/** What the transforms of one document share. */
export interface Context {
  readonly service: string;
  readonly root: JsonNode;
  /** Major version of AsyncAPI. */
  readonly major: 2 | 3;
  /** 2.x: whose view `publish` and `subscribe` take. */
  readonly perspective: "application" | "client";
  readonly reporter: Reporter;
  readonly resolver: Resolver;
  readonly types: TypeTable;
  /** The JSON Schema that a place holds or refers to. Undefined, and reported, when there is none. */
  schemaOf(node: JsonNode): JsonNode | undefined;
}

/** Schemas in other languages, already turned into JSON Schema: by {@link JsonNode.id}. */
export type SchemaFormats = ReadonlyMap<string, JsonNode>;

/** Follows references, looks into Multi Format Schema Objects, takes the converted form of other languages. */
export function schemaReader(resolver: Resolver, formats: SchemaFormats): (node: JsonNode) => JsonNode | undefined {
  return (node) => {
    let schema = resolver.follow(node);
    if (schema && isObject(schema.value) && typeof schema.value.schemaFormat === "string") {
      const inner = schema.at("schema");
      schema = inner && resolver.follow(inner);
    }
    return schema && (formats.get(schema.id) ?? schema);
  };
}
