import { isObject, type JsonObject, member, setMember } from "../yaml/json.js";

/*
 * Avro schemas (1.8 to 1.12, "Schema Declaration") in JSON Schema. A named type that is used again, by others or by itself,
 * becomes a definition; unions are told apart by their values, without the type names that Avro's own JSON encoding adds.
 */

type Schema = Record<string, unknown>;

const BYTES = { type: "string", pattern: "^[\u0000-\u00ff]*$" } as const;

const PRIMITIVES: { readonly [type: string]: Schema } = {
  null: { type: "null" },
  boolean: { type: "boolean" },
  int: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  long: { type: "integer", format: "int64", minimum: -(2 ** 63), maximum: 2 ** 63 },
  float: { type: "number", format: "float" },
  double: { type: "number", format: "double" },
  bytes: BYTES,
  string: { type: "string" },
};

/** Words of JSON Schema that authors add to Avro's, and that mean the same. */
const BORROWED = [
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"],
];

const NAMED = ["record", "error", "enum", "fixed"];

/** Turns an Avro schema into JSON Schema. Undefined where there is something in it that Avro does not know. */
export function convertAvro(avro: unknown): unknown {
  try {
    return new AvroConverter(avro).run();
  } catch (error) {
    if (error instanceof NotAvro) return undefined;
    throw error;
  }
}

class NotAvro extends Error {}

class AvroConverter {
  readonly #root: unknown;
  readonly #named = new Map<string, { readonly type: JsonObject; readonly namespace: string }>();
  /** Full names of what is referred to by name. */
  readonly #reused = new Set<string>();
  readonly #definitions = new Map<string, Schema>();

  constructor(avro: unknown) {
    this.#root = avro;
  }

  run(): Schema {
    visitNamed(this.#root, "", (type, name, namespace) => {
      if (!this.#named.has(name)) this.#named.set(name, { type, namespace });
    });
    visitReferences(this.#root, "", (reference, namespace) => this.#reused.add(this.#fullName(reference, namespace)));
    const schema = this.#convert(this.#root, "", true);
    if (this.#definitions.size === 0) return schema;
    const definitions = {};
    for (const [name, one] of this.#definitions) setMember(definitions, this.#key(name), one);
    return { ...schema, definitions };
  }

  #convert(type: unknown, namespace: string, isRoot = false): Schema {
    if (typeof type === "string") {
      const primitive = member(PRIMITIVES, type);
      return isObject(primitive) ? { ...primitive } : this.#reference(this.#fullName(type, namespace));
    }
    if (Array.isArray(type)) return this.#union(type, namespace);
    if (!isObject(type)) throw new NotAvro();
    const kind = type.type;
    if (typeof kind !== "string") return annotated(this.#convert(kind, namespace), type);
    if (kind === "array") return annotated({ type: "array", items: this.#convert(type.items, namespace) }, type);
    if (kind === "map") {
      return annotated({ type: "object", additionalProperties: this.#convert(type.values, namespace) }, type);
    }
    if (!NAMED.includes(kind)) return annotated(this.#convert(kind, namespace), type);
    const [name, inner] = nameOf(type, namespace);
    if (isRoot || !this.#reused.has(name)) return this.#body(type, inner);
    if (!this.#definitions.has(name)) {
      const definition = {};
      this.#definitions.set(name, definition);
      Object.assign(definition, this.#body(type, inner));
    }
    return this.#reference(name);
  }

  #body(type: JsonObject, namespace: string): Schema {
    if (type.type === "enum") return annotated({ type: "string", enum: type.symbols }, type);
    if (type.type === "fixed") return annotated({ ...BYTES, minLength: type.size, maxLength: type.size }, type);
    if (!Array.isArray(type.fields)) throw new NotAvro();
    const properties = {};
    const required: string[] = [];
    for (const field of type.fields) {
      const name = member(field, "name");
      if (!isObject(field) || typeof name !== "string") throw new NotAvro();
      setMember(properties, name, annotated(this.#convert(field.type, namespace), field));
      const isOptional = field.default !== undefined || (Array.isArray(field.type) && field.type.includes("null"));
      if (!isOptional) required.push(name);
    }
    return annotated({ type: "object", properties, ...(required.length > 0 ? { required } : {}) }, type);
  }

  /** Null last, so that whoever wants an example meets a value first. */
  #union(types: readonly unknown[], namespace: string): Schema {
    const isNull = (type: unknown): boolean => type === "null" || member(type, "type") === "null";
    const sorted = [...types.filter((one) => !isNull(one)), ...types.filter(isNull)];
    const options = sorted.map((one) => this.#convert(one, namespace));
    const kinds = new Set(options.map((one) => (one.$ref === undefined ? one.type : "object")));
    const hasNumbers = kinds.has("integer") && kinds.has("number");
    return kinds.size === options.length && !hasNumbers ? { oneOf: options } : { anyOf: options };
  }

  #reference(name: string): Schema {
    const known = this.#named.get(name);
    if (!known) throw new NotAvro();
    if (known.type === this.#root) return { $ref: "#" };
    if (!this.#definitions.has(name)) this.#convert(known.type, known.namespace);
    return { $ref: `#/definitions/${this.#key(name)}` };
  }

  /** The last part of the name, where no other type shares it. */
  #key(name: string): string {
    const short = (one: string): string => one.slice(one.lastIndexOf(".") + 1);
    const sharing = [...this.#reused].filter((one) => short(one) === short(name));
    return sharing.length > 1 ? name : short(name);
  }

  #fullName(name: string, namespace: string): string {
    const qualified = name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
    return this.#named.has(qualified) ? qualified : name;
  }
}

/** Full name of a named type, and the namespace that the types in it are in. */
function nameOf(type: JsonObject, outer: string): [name: string, namespace: string] {
  const { name, namespace } = type;
  if (typeof name !== "string") throw new NotAvro();
  if (name.includes(".")) return [name, name.slice(0, name.lastIndexOf("."))];
  const own = typeof namespace === "string" ? namespace : outer;
  return [own === "" ? name : `${own}.${name}`, own];
}

function visitNamed(
  type: unknown,
  namespace: string,
  see: (type: JsonObject, name: string, namespace: string) => void,
): void {
  if (isObject(type) && NAMED.includes(String(type.type))) see(type, nameOf(type, namespace)[0], namespace);
  for (const [one, inner] of parts(type, namespace)) visitNamed(one, inner, see);
}

function visitReferences(type: unknown, namespace: string, see: (name: string, namespace: string) => void): void {
  if (typeof type === "string" && !Object.hasOwn(PRIMITIVES, type)) see(type, namespace);
  for (const [one, inner] of parts(type, namespace)) visitReferences(one, inner, see);
}

/** The types inside a type, each with the namespace that it is in. */
function parts(type: unknown, namespace: string): [type: unknown, namespace: string][] {
  if (Array.isArray(type)) return type.map((one) => [one, namespace]);
  if (!isObject(type)) return [];
  const kind = type.type;
  if (kind === "array") return [[type.items, namespace]];
  if (kind === "map") return [[type.values, namespace]];
  if (typeof kind !== "string" || !NAMED.includes(kind)) return [[kind, namespace]];
  const fields = Array.isArray(type.fields) ? type.fields : [];
  return fields.map((field) => [member(field, "type"), nameOf(type, namespace)[1]]);
}

/** What a type or field says beside its type. A reference is wrapped, because words beside it would not count. */
function annotated(schema: Schema, holder: JsonObject): Schema {
  const added: Schema = {};
  if (typeof holder.doc === "string") added.description = holder.doc;
  if (holder.default !== undefined) added.default = holder.default;
  if (holder.example !== undefined && !isObject(holder.type)) added.examples = [exampleOf(schema, holder.example)];
  if (typeof holder.logicalType === "string" && schema.type === "string" && schema.pattern === undefined) {
    added.format = holder.logicalType;
  }
  if (typeof schema.type === "string" && schema.enum === undefined) {
    for (const word of BORROWED) if (holder[word] !== undefined) added[word] = holder[word];
  }
  if (Object.keys(added).length === 0) return schema;
  return schema.$ref === undefined ? { ...schema, ...added } : { allOf: [schema], ...added };
}

/** Examples are often written as texts, whatever their type. */
function exampleOf({ type }: Schema, example: unknown): unknown {
  if (typeof example !== "string") return example;
  if (type === "boolean") return example === "true";
  return (type === "integer" || type === "number") && example.trim() !== "" ? Number(example) : example;
}
