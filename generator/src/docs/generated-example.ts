import type { Schema } from "@sagaspec/runtime/codegen";
import { fake } from "@sagaspec/runtime/testing";
import type { Contract, Message, SchemaNode } from "../contract/contract.js";
import { hasJsonBody } from "../emit/payload.js";
import { references } from "../emit/references.js";

/** A message made of more types than this gets no example: it would be slow to make and too long to read. */
const MOST_TYPES = 200;

/** An example with more characters of JSON than this is not shown. */
const LONGEST = 20_000;

/**
 * A payload that the message's schema accepts, the same one at every build; undefined where the document has an example
 * of its own, where the body is not JSON, and where no valid value is found.
 */
export function generatedExample(message: Message, { types }: Contract): unknown {
  const { payload, examples } = message;
  if (payload === undefined || !hasJsonBody(message) || examples.some((one) => one.payload !== undefined)) {
    return undefined;
  }
  try {
    const byName = new Map(types.map((type) => [type.name, type.schema]));
    const value = fake(standalone(payload, byName), { examples: true });
    return (JSON.stringify(value)?.length ?? Number.POSITIVE_INFINITY) > LONGEST ? undefined : value;
  } catch {
    // The schema contradicts itself, or asks for more than the generator of values understands.
    return undefined;
  }
}

/** The schema with every type that it leads to, as one value: what the runtime compiles. */
function standalone(node: SchemaNode, types: ReadonlyMap<string, SchemaNode>): Schema<unknown> {
  const reached = new Set(references(node));
  // The set grows while it is walked.
  for (const name of reached) for (const inner of references(types.get(name) ?? true)) reached.add(inner);
  if (reached.size > MOST_TYPES) throw new RangeError("too many types");
  const definitions = Object.fromEntries([...reached].map((name) => [name, pointing(types.get(name) ?? true)]));
  const whole = typeof node === "object" && node.$ref !== undefined ? (types.get(node.$ref) ?? true) : node;
  const root = pointing(whole);
  return isObject(root) ? { ...root, definitions } : { allOf: [root], definitions };
}

/** References by name as references into `definitions`. Values (`const`, `enum`, examples) stay as they are. */
function pointing(node: SchemaNode): unknown {
  return rewrite(node);

  function rewrite(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (DATA.has(key)) return [key, inner];
        if (key === "$ref" && typeof inner === "string") return [key, `#/definitions/${escaped(inner)}`];
        return [key, MAPS.has(key) && isObject(inner) ? mapped(inner) : rewrite(inner)];
      }),
    );
  }

  /** The keys of these maps are names of the author, not keywords. */
  function mapped(map: object): unknown {
    return Object.fromEntries(Object.entries(map).map(([name, inner]) => [name, rewrite(inner)]));
  }
}

const DATA: ReadonlySet<string> = new Set(["const", "enum", "examples", "default"]);
const MAPS: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependencies"]);

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const escaped = (name: string): string => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
