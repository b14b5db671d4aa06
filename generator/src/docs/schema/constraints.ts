import type { SchemaObject } from "../../contract/contract.js";

/** What a value must hold to, in words: `at least 1`, `one of "closed", "sold-out"`. Types and formats stand elsewhere. */
export function constraints(schema: SchemaObject): readonly string[] {
  return [
    ...range("", schema.minimum, schema.maximum),
    ...exclusive(schema),
    ...ranged(schema.minLength, schema.maxLength, "character", "characters"),
    ...ranged(schema.minItems, schema.maxItems, "item", "items"),
    ...ranged(schema.minProperties, schema.maxProperties, "property", "properties"),
    schema.multipleOf === undefined ? undefined : `multiple of ${schema.multipleOf}`,
    schema.pattern === undefined ? undefined : `matches ${schema.pattern}`,
    schema.uniqueItems === true ? "items differ" : undefined,
    schema.additionalProperties === false ? "no other properties" : undefined,
    schema.contentEncoding === undefined ? undefined : `encoded as ${schema.contentEncoding}`,
    schema.contentMediaType === undefined ? undefined : `contains ${schema.contentMediaType}`,
    ...required(schema),
    ...dependencies(schema),
  ].filter((text) => text !== undefined);
}

/** JSON on one line, cut where it would fill the page. */
export function literal(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function range(unit: string, minimum: number | undefined, maximum: number | undefined): string[] {
  if (minimum !== undefined && maximum !== undefined) {
    return [minimum === maximum ? `exactly ${minimum}${unit}` : `${minimum} to ${maximum}${unit}`];
  }
  if (minimum !== undefined) return [`at least ${minimum}${unit}`];
  return maximum === undefined ? [] : [`at most ${maximum}${unit}`];
}

function ranged(minimum: number | undefined, maximum: number | undefined, one: string, many: string): string[] {
  return range(` ${(maximum ?? minimum) === 1 ? one : many}`, minimum, maximum);
}

function exclusive(schema: SchemaObject): string[] {
  const bounds: string[] = [];
  if (schema.exclusiveMinimum !== undefined) bounds.push(`more than ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined) bounds.push(`less than ${schema.exclusiveMaximum}`);
  return bounds;
}

/** Required names that no property of the same schema describes: no row of the page would show them. */
function required(schema: SchemaObject): string[] {
  const missing = (schema.required ?? []).filter((name) => schema.properties?.[name] === undefined);
  return missing.length === 0 ? [] : [`requires ${missing.join(", ")}`];
}

function dependencies(schema: SchemaObject): string[] {
  return Object.entries(schema.dependencies ?? {}).map(([name, needs]) =>
    Array.isArray(needs) ? `${name} requires ${needs.join(", ")}` : `${name} brings further rules`,
  );
}
