import type { EmitOptions } from "../config/config.js";
import type { NamedType, SchemaNode, SchemaObject } from "../contract/contract.js";
import { print } from "./print/layout.js";
import { code, literal } from "./print/literal.js";
import { references, type TypeGraph } from "./references.js";
import { file, foreignImports, type OutputModule } from "./unit.js";

type Formats = Pick<EmitOptions, "dateTime" | "int64">;

/** The constant of a type's schema: `TicketSchema`, or `TicketJsonSchema` where something else is called so. */
export const schemaName = (type: string, graph: TypeGraph): string => graph.get(type)?.schemaName ?? `${type}Schema`;

const definitionName = (type: string, graph: TypeGraph): string =>
  graph.get(type)?.definitionName ?? `${type}Definition`;

/**
 * `schemas.ts`: a JSON Schema literal for each type, each after those that it mentions. A type that contains itself is
 * a definition, and every schema that leads to it carries the definition along, so that `$ref` finds it at the root of
 * whatever is compiled.
 */
export function emitSchemas(unit: OutputModule, options: EmitOptions): string {
  const { graph } = unit;
  const own = new Set(unit.types.map((type) => type.name));
  const types = graph.order.filter((type) => own.has(type.name));
  const recursive = types.filter((type) => graph.recursive.has(type.name));
  if (types.length === 0) return file(unit.header, [], ["export {};"]);

  const mentioned = types.flatMap(({ schema }) => [...references(schema), ...graph.recursiveIn(schema)]);
  const local = (name: string): readonly string[] => [
    (graph.recursive.has(name) ? definitionName : schemaName)(name, graph),
  ];
  const imports = [
    'import type { Schema } from "@sagaspec/runtime/codegen";',
    ...foreignImports(unit, mentioned, `schemas${options.importExtension}`, local, false),
    `import type * as messages from "./messages${options.importExtension}";`,
  ];
  return file(unit.header, imports, [
    ...types.map((type) =>
      recursive.includes(type)
        ? constant(definitionName(type.name, graph), type, schemaValue(type.schema, graph, options))
        : constant(schemaName(type.name, graph), type, rootSchema(type.schema, graph, options)),
    ),
    ...recursive.map((type) =>
      constant(schemaName(type.name, graph), type, inDefinitions({ $ref: type.name }, graph, options)),
    ),
  ]);
}

function constant(name: string, type: NamedType, value: unknown): string {
  const spread = typeof value === "object" && value !== null && "properties" in value;
  return print(["export const ", name, `: Schema<messages.${type.name}> = `, literal(value, spread), ";"]);
}

/** A schema as a value of its own: a constant, or a literal with the definitions that it leads to. */
export function rootSchema(node: SchemaNode, graph: TypeGraph, options: Formats): unknown {
  if (typeof node === "object" && node.$ref !== undefined) return code(schemaName(node.$ref, graph));
  return inDefinitions(node, graph, options);
}

/** The constants that {@link rootSchema} mentions, each with the type that it belongs to. */
export function mentionedConstants(node: SchemaNode, graph: TypeGraph): readonly (readonly [string, string])[] {
  if (typeof node === "object" && node.$ref !== undefined) return [[schemaName(node.$ref, graph), node.$ref]];
  const values = references(node).filter((name) => !graph.recursive.has(name));
  return [
    ...values.map((name) => [schemaName(name, graph), name] as const),
    ...graph.recursiveIn(node).map((name) => [definitionName(name, graph), name] as const),
  ];
}

function inDefinitions(node: SchemaNode, graph: TypeGraph, options: Formats): unknown {
  const names = graph.recursiveIn(node);
  const value = schemaValue(node, graph, options);
  // `{}` and `{ not: {} }` say the same as `true` and `false`, and are objects, as a `Schema` is.
  if (typeof value === "boolean") return value ? {} : { not: {} };
  if (names.length === 0) return value;
  return {
    ...(value as object),
    definitions: Object.fromEntries(names.map((name) => [name, code(definitionName(name, graph))])),
  };
}

// What a validator reads, in the order of the usual way to write a schema; descriptions are in the types.
const schemas = [
  "items",
  "additionalProperties",
  "additionalItems",
  "propertyNames",
  "contains",
  "not",
  "if",
  "then",
  "else",
];
const maps = ["properties", "patternProperties"];
const lists = ["oneOf", "anyOf", "allOf"];
const plain = [
  ...[
    "enum",
    "const",
    "format",
    "required",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
  ],
  ...["minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
  ...["contentEncoding", "contentMediaType", "x-secret"],
];

function schemaValue(node: SchemaNode, graph: TypeGraph, options: Formats): unknown {
  if (typeof node === "boolean") return node;
  if (node.$ref !== undefined) {
    return graph.recursive.has(node.$ref) ? { $ref: `#/definitions/${node.$ref}` } : code(schemaName(node.$ref, graph));
  }
  const child = (one: SchemaNode): unknown => schemaValue(one, graph, options);
  const entries = Object.entries(node).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === "type" || plain.includes(keyword)) return [[keyword, value]];
    if (lists.includes(keyword) || (keyword === "items" && Array.isArray(value))) return [[keyword, value.map(child)]];
    if (schemas.includes(keyword)) return [[keyword, child(value)]];
    if (maps.includes(keyword)) return [[keyword, mapped(value, child)]];
    if (keyword === "dependencies") {
      const each = (one: SchemaNode | readonly string[]): unknown => (isNames(one) ? one : child(one));
      return [[keyword, mapped(node.dependencies ?? {}, each)]];
    }
    return [];
  });
  const rank = (keyword: string): number => ["type", "format", "enum", "const", "required"].indexOf(keyword) + 1 || 9;
  const mark = programType(node, options);
  if (mark) entries.push(["x-type", mark]);
  return Object.fromEntries(entries.sort(([left], [right]) => rank(left) - rank(right)));
}

// What the runtime makes of such a value where the program has another type for it than JSON.
function programType({ type, format, const: only, enum: values }: SchemaObject, options: Formats): string | undefined {
  const types = [type].flat();
  if (only !== undefined || values) return undefined;
  if (options.dateTime === "Date" && format === "date-time" && types.includes("string")) return "Date";
  const isNumeric = types.includes("integer") || types.includes("number");
  return options.int64 === "bigint" && format === "int64" && isNumeric ? "bigint" : undefined;
}

// Through entries, so that a member called `__proto__` stays a member.
const mapped = <Value>(map: Record<string, Value>, each: (value: Value) => unknown): object =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, each(value)]));

const isNames = (one: SchemaNode | readonly string[]): one is readonly string[] => Array.isArray(one);
