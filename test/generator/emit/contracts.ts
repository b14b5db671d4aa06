import type { EmitOptions } from "../../../generator/src/config/config.js";
import type { Contract, NamedType, SchemaNode } from "../../../generator/src/contract/contract.js";
import { type OutputModule, serviceUnit } from "../../../generator/src/emit/unit.js";

const origin = { file: "specs/example.yaml", pointer: "#" };

/** A contract of nothing but these types. */
export function contractOf(
  types: Readonly<Record<string, SchemaNode>>,
  more: readonly NamedType[] = [],
  description?: string,
): Contract {
  const own = Object.entries(types).map(
    ([name, schema]): NamedType => ({
      name,
      origin: { ...origin, pointer: `#/components/schemas/${name}` },
      schema,
      deprecated: false,
      ...(description !== undefined && { description }),
    }),
  );
  return {
    service: "example",
    typeName: "Example",
    title: "Example",
    version: "1.0.0",
    asyncapi: "3.0.0",
    origin,
    info: { tags: [] },
    servers: [],
    channels: [],
    operations: [],
    messages: [],
    types: [...own, ...more],
    extensions: {},
  };
}

/** The folder of such a contract. */
export function unitOf(types: Readonly<Record<string, SchemaNode>> | Contract, description?: string): OutputModule {
  return serviceUnit(
    "service" in types ? (types as Contract) : contractOf(types as Record<string, SchemaNode>, [], description),
  );
}

/** What emitters are told, by default. */
export function emitOptions(options: Partial<EmitOptions> = {}): EmitOptions {
  return {
    importExtension: ".js",
    dateTime: "string",
    int64: "number",
    role: () => undefined,
    report: () => undefined,
    ...options,
  };
}
