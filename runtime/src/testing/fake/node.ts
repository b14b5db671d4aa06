import type { Schema } from "../../codegen.js";
import { type JsonSchema, normalSchema } from "../../contract/normalize-schema.js";

/** A draft-07 schema as the runtime compiles it: references only into `definitions` of the whole. */
export type Node = boolean | NodeObject;

export interface NodeObject {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly allOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly not?: Node;
  readonly if?: Node;
  readonly then?: Node;
  readonly else?: Node;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly properties?: { readonly [name: string]: Node };
  readonly patternProperties?: { readonly [pattern: string]: Node };
  readonly additionalProperties?: Node;
  readonly propertyNames?: Node;
  readonly required?: readonly string[];
  readonly dependencies?: { readonly [name: string]: Node | readonly string[] };
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Node | readonly Node[];
  readonly additionalItems?: Node;
  readonly contains?: Node;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** A schema with everything it refers to. */
export interface Root {
  readonly node: Node;
  /** What a reference means. */
  resolve(reference: string): Node;
  /** A part of the schema as a whole of its own, for the compiler. */
  standalone(part: NodeObject): Schema<unknown>;
}

const self = "whole";

/** Prepares a schema for the generator. */
export function rootOf(schema: Schema<unknown>): Root {
  const { definitions, ...node } = renamed(normalSchema(schema)) as JsonSchema & { definitions?: JsonSchema };
  const all: JsonSchema = { ...definitions, [self]: node };
  return {
    node,
    resolve: (reference) => (all[reference.replace(/^#\/definitions\//, "")] ?? true) as Node,
    standalone: (part) => ({ ...part, definitions: all }),
  };
}

/** `#`, the whole, gets a name, so that a part may refer to it too. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === "$ref" && part === "#" ? `#/definitions/${self}` : renamed(part),
    ]),
  );
}
