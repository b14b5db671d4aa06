import type { Contract, Message, SchemaObject } from "../contract/contract.js";
import { keysOf } from "../load/yaml/pointer.js";
import type { Finding } from "./rule.js";
import { SchemaView } from "./schema-view.js";

/** Characters that a text must have room for: a saga's ids name the saga, the step and the attempt. */
const ROOM = 128;

/**
 * Correlation ids are made by whoever sends the request: a text, or
 * a UUID or an integer where their place asks for one. A place
 * that accepts only some of these cannot be filled.
 */
export function* correlationIdType(contracts: readonly Contract[]): Generator<Finding> {
  for (const contract of contracts) {
    const view = new SchemaView(contract);
    const requests = contract.operations.filter(({ reply }) => reply);
    const keys = new Set(requests.flatMap(({ messages }) => messages.map(({ key }) => key)));
    for (const message of contract.messages) {
      const narrow = keys.has(message.key) && message.correlationId && narrowness(view, message, message.correlationId);
      if (!narrow) continue;
      yield {
        severity: "warning",
        code: "correlation-value",
        message: `the correlation id of ${message.key} cannot be made: '${message.correlationId}' has ${narrow}`,
        hint: "Let it be any text, a text with `format: uuid`, or an integer.",
        origin: message.origin,
      };
    }
  }
}

function narrowness(view: SchemaView, message: Message, location: string): string | undefined {
  const [, part, path = ""] = /^\$message\.(header|payload)#(\/.+)$/.exec(location) ?? [];
  if (part === undefined) return undefined;
  let schema = view.resolve(part === "header" ? message.headers : message.payload);
  for (const key of keysOf(path)) schema = view.resolve(view.fields(schema).properties.get(key));
  return constraint(view, schema);
}

function constraint(view: SchemaView, schema: SchemaObject): string | undefined {
  const types = view.types(schema);
  if (types.length > 0 && !types.some((type) => ["string", "integer", "number"].includes(type))) {
    return `the type ${types.join(" or ")}`;
  }
  const narrow = (["const", "enum", "pattern", "multipleOf"] as const).find((name) => schema[name] !== undefined);
  if (narrow) return `\`${narrow}\``;
  if (types.length > 0 && !types.includes("string")) return undefined;
  if (schema.format !== undefined && schema.format !== "uuid") return `the format '${schema.format}'`;
  if (schema.format === undefined && (schema.maxLength ?? ROOM) < ROOM) return `a maxLength of ${schema.maxLength}`;
  return undefined;
}
