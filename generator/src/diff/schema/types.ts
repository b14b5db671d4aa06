import type { FlatSchema } from "./shape.js";

const everyType = ["string", "number", "boolean", "object", "array", "null"];

/** The JSON types that a schema accepts; `integer` only where `number` is not. */
export function typesOf(shape: FlatSchema): ReadonlySet<string> {
  if (shape.enum) return new Set(shape.enum.map(typeOf).filter((type) => allows(shape, type)));
  const declared = shape.type === undefined ? everyType : [shape.type].flat();
  return new Set(declared.includes("number") ? declared.filter((type) => type !== "integer") : declared);
}

/** The types of the inner schema that the outer one accepts too. */
export function commonTypes(inner: FlatSchema, outer: FlatSchema): ReadonlySet<string> {
  return new Set([...typesOf(inner)].filter((type) => allows(outer, type)));
}

/** A schema's type in a few words: `string or null`. */
export function describe(shape: FlatSchema): string {
  const types = [...typesOf(shape)];
  if (types.length === everyType.length) return "any value";
  return types.length === 0 ? "nothing" : types.join(" or ");
}

function allows(shape: FlatSchema, type: string): boolean {
  if (shape.type === undefined) return true;
  const declared = [shape.type].flat();
  return declared.includes(type) || (type === "integer" && declared.includes("number"));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}
