import type { Reporter } from "../contract/diagnostic.js";
import type { Resolver } from "../load/refs/resolve.js";
import { isObject, member } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { hasSiblings } from "./later-drafts.js";
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
    let schema = follow(node);
    for (let steps = 0; schema && steps < MAX_STEPS && isMultiFormat(schema.value); steps++) {
      const inner = schema.at("schema");
      schema = inner && follow(inner);
    }
    return schema && (formats.get(schema.id) ?? schema);
  };

  // What stands beside a reference counts, so that this place is a schema of its own.
  function follow(node: JsonNode): JsonNode | undefined {
    const trail = resolver.trail(node);
    return trail.find((one) => hasSiblings(one.value)) ?? trail.at(-1);
  }
}

/** Most Multi Format Schema Objects in one another: more are a circle. */
const MAX_STEPS = 100;

/** A Multi Format Schema Object; where it names no format, its schema is all that it holds. */
function isMultiFormat(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (typeof member(value, "schemaFormat") === "string") return true;
  const others = Object.keys(value).filter((key) => key !== "schema" && !key.startsWith("x-"));
  return isObject(member(value, "schema")) && others.length === 0;
}
