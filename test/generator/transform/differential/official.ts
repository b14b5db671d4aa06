import { AvroSchemaParser } from "@asyncapi/avro-schema-parser";
import { OpenAPISchemaParser } from "@asyncapi/openapi-schema-parser";
import { Parser } from "@asyncapi/parser";
import { ProtoBuffSchemaParser } from "@asyncapi/protobuf-schema-parser";
import { RamlDTSchemaParser } from "@asyncapi/raml-dt-schema-parser";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

type Json = { readonly [key: string]: unknown };

// The rules have been run when the corpus was made.
const parser = new Parser({
  schemaParsers: [OpenAPISchemaParser(), AvroSchemaParser(), RamlDTSchemaParser(), ProtoBuffSchemaParser()],
  ruleset: { core: false, recommended: false },
});

/** A document as the official parser resolves it, traits applied. Undefined where it refuses. */
export async function resolved(text: string, source: string): Promise<Json | undefined> {
  const { document } = await parser.parse(text, { source });
  return document?.json() as Json | undefined;
}

/** What stands at a JSON pointer, with `#`. */
export function at(root: unknown, pointer: string): unknown {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce<unknown>((value, key) => member(value, key), root);
}

/** An own member. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** The messages that go over the channels, in their order: a key for each place. */
export function channelMessages(root: Json, channel: string): readonly unknown[] {
  const found = member(root.channels, channel);
  const listed = Object.values((member(found, "messages") ?? {}) as Json);
  const published = ["publish", "subscribe"].flatMap((kind) => {
    const message = member(member(found, kind), "message");
    const choices = member(message, "oneOf");
    return Array.isArray(choices) ? choices : message === undefined ? [] : [message];
  });
  return [...listed, ...published];
}

/** The schema of a part of a message, out of the envelope that names its format. */
export function schemaOf(message: unknown, part: "payload" | "headers"): unknown {
  const schema = member(message, part);
  return member(schema, "schemaFormat") === undefined ? schema : member(schema, "schema");
}

/**
 * Ajv's opinion of a schema of a document: draft-07, not strict, with formats. Undefined where it cannot compile it.
 */
export function ajvCheck(schema: unknown, document: unknown): ((value: unknown) => boolean | undefined) | undefined {
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(withoutCircles(schema, document));
    return (value) => {
      try {
        return validate(value) === true;
      } catch {
        // A schema that asks for itself at the same place sends Ajv round in circles.
        return undefined;
      }
    };
  } catch {
    return undefined;
  }
}

/** A schema that stands alone: circular objects, and references that the parser left, are its own definitions. */
function withoutCircles(root: unknown, document: unknown): object {
  const names = new Map<object, string>();
  const definitions: { [name: string]: unknown } = {};
  const open: object[] = [];

  const copy = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(copy);
    const reference = member(value, "$ref");
    if (typeof reference === "string" && reference.startsWith("#/")) return copy(at(document, reference));
    if (open.includes(value) || names.has(value)) {
      const name = names.get(value) ?? `circle${names.size}`;
      names.set(value, name);
      return { $ref: `#/definitions/${name}` };
    }
    open.push(value);
    const result = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copy(one)]));
    open.pop();
    const name = names.get(value);
    if (name !== undefined) definitions[name] = normalised(result);
    return normalised(result);
  };
  const result = copy(root);
  if (typeof result !== "object" || result === null) return result === false ? { not: {} } : {};
  return Object.keys(definitions).length === 0 ? result : { ...result, definitions };
}

/** `nullable` and the boolean limits are words of OpenAPI 3.0 and draft-04. What is nullable may be null, whatever its enum says. */
function normalised(schema: { [key: string]: unknown }): object {
  const { nullable, $id: _, ...rest } = schema;
  if (nullable === true && (typeof rest.type === "string" || Array.isArray(rest.type))) {
    rest.type = [...new Set([rest.type, "null"].flat())];
    if (Array.isArray(rest.enum)) rest.enum = [...new Set([...rest.enum, null])];
  } else if (nullable !== undefined && typeof nullable !== "boolean") rest.nullable = nullable;
  for (const [exclusive, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof rest[exclusive] !== "boolean") continue;
    if (rest[exclusive] && rest[limit] !== undefined) {
      rest[exclusive] = rest[limit];
      delete rest[limit];
    } else delete rest[exclusive];
  }
  return rest;
}
