import type { Contract, NamedType, SchemaNode, SchemaObject } from "../contract/contract.js";

/** Schemas of a contract with their references at hand. */
export class SchemaView {
  readonly #types: ReadonlyMap<string, NamedType>;

  constructor(contract: Contract) {
    this.#types = new Map(contract.types.map((type) => [type.name, type]));
  }

  /** The schema itself, or that of the type it names. */
  resolve(schema: SchemaNode | undefined): SchemaObject {
    let current = schema;
    for (let hops = 0; hops < 100 && typeof current === "object" && current.$ref !== undefined; hops++) {
      current = this.#types.get(current.$ref)?.schema;
    }
    return typeof current === "object" ? current : {};
  }

  /** Fields of an object, those of its `allOf` parts among them. */
  fields(
    schema: SchemaNode | undefined,
    depth = 0,
  ): { properties: Map<string, SchemaNode>; required: Set<string>; closed: boolean } {
    const { properties = {}, required = [], allOf = [], additionalProperties } = this.resolve(schema);
    const fields = {
      properties: new Map(Object.entries(properties)),
      required: new Set(required),
      closed: additionalProperties === false,
    };
    for (const part of depth < 20 ? allOf : []) {
      const inner = this.fields(part, depth + 1);
      for (const [name, one] of inner.properties) fields.properties.set(name, one);
      for (const name of inner.required) fields.required.add(name);
      fields.closed ||= inner.closed;
    }
    return fields;
  }

  /** JSON types that a value may have; empty when nothing is said. */
  types(schema: SchemaNode | undefined): string[] {
    const { type } = this.resolve(schema);
    return typeof type === "string" ? [type] : [...(type ?? [])];
  }

  /** The only value allowed, where there is just one. */
  only(schema: SchemaNode | undefined): unknown {
    const { const: constant, enum: values } = this.resolve(schema);
    return constant ?? (values?.length === 1 ? values[0] : undefined);
  }
}

/** An address whose parameters have no names: `orders.{id}` and `orders.{orderId}` are one. */
export const blankAddress = (address: string): string => address.replace(/\{[^{}]*\}/g, "{}");

/** Whether two lists of JSON types have a value in common; a number may be an integer. */
export function overlap(left: readonly string[], right: readonly string[]): boolean {
  if (left.length === 0 || right.length === 0) return true;
  const wide = (types: readonly string[]): string[] => types.map((type) => (type === "integer" ? "number" : type));
  return wide(left).some((type) => wide(right).includes(type));
}
