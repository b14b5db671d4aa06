import type { Schema } from "../codegen.js";
import { type JsonSchema, normalSchema } from "./normalize-schema.js";
import { validatorFor } from "./schema.js";

/**
 * How values of a schema differ in the program from what travels: dates where the contract was generated with
 * `dateTime: "Date"`, big integers with `int64: "bigint"`. The generator marks such places with `x-type`.
 */
export interface Conversion {
  /** Whether integers may be too large for a number. */
  readonly hasBigInt: boolean;
  /** What the program is given for a valid value that has arrived. */
  fromWire(value: unknown): unknown;
}

type Convert = (value: unknown) => unknown;

const conversions = new WeakMap<object, Conversion | undefined>();

/** The conversion of a schema, worked out once; undefined, as for most schemas, when there is nothing to convert. */
export function conversionOf(schema: Schema<unknown>): Conversion | undefined {
  if (!conversions.has(schema)) conversions.set(schema, plan(schema));
  return conversions.get(schema);
}

/** What travels for a value of the program: dates as text, big integers as numbers where they are small enough. */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
}

function plan(schema: Schema<unknown>): Conversion | undefined {
  const marks = marksOf(schema, new Set());
  if (marks.size === 0) return undefined;
  const root = normalSchema(schema);
  const definitions = (root.definitions ?? {}) as JsonSchema;
  const known = new Map<object, Convert>();

  function converter(node: unknown): Convert {
    if (typeof node !== "object" || node === null) return same;
    let found = known.get(node);
    if (!found) {
      // A schema that contains itself finds this instead of going round for ever.
      known.set(node, (value) => (found ?? same)(value));
      found = make(node as JsonSchema);
      known.set(node, found);
    }
    return found;
  }

  function make(node: JsonSchema): Convert {
    if (typeof node.$ref === "string") {
      const name = /^#\/definitions\/(.*)$/.exec(node.$ref)?.[1];
      return converter(name === undefined ? root : definitions[name]);
    }
    const steps: Convert[] = [];
    if (node["x-type"] === "Date") steps.push((value) => (typeof value === "string" ? new Date(value) : value));
    if (node["x-type"] === "bigint") steps.push((value) => (Number.isInteger(value) ? BigInt(value as number) : value));
    for (const part of (node.allOf ?? []) as JsonSchema[]) steps.push(converter(part));
    for (const keyword of ["oneOf", "anyOf"]) {
      const parts = (node[keyword] ?? []) as JsonSchema[];
      if (parts.length > 0) steps.push(firstOf(parts));
    }
    if (node.items !== undefined) steps.push(itemsOf(node));
    if (node.properties ?? node.patternProperties ?? node.additionalProperties) steps.push(membersOf(node));
    return (value) => steps.reduce((result, step) => step(result), value);
  }

  function firstOf(parts: readonly JsonSchema[]): Convert {
    const branches = parts.map((part) => {
      const validator = validatorFor({ ...part, definitions });
      return { accepts: (value: unknown) => validator.check(approximate(value)), convert: converter(part) };
    });
    return (value) => branches.find(({ accepts }) => accepts(value))?.convert(value) ?? value;
  }

  function itemsOf({ items, additionalItems }: JsonSchema): Convert {
    const convert = Array.isArray(items) ? items.map(converter) : converter(items);
    const rest = converter(additionalItems);
    const at = (index: number): Convert => (Array.isArray(convert) ? (convert[index] ?? rest) : convert);
    return (value) => (Array.isArray(value) ? value.map((item, index) => at(index)(item)) : value);
  }

  function membersOf({ properties = {}, patternProperties = {}, additionalProperties }: JsonSchema): Convert {
    const named = new Map(Object.entries(properties as JsonSchema).map(([name, one]) => [name, converter(one)]));
    const patterns = Object.entries(patternProperties as JsonSchema).map(
      ([pattern, one]) => [new RegExp(pattern), converter(one)] as const,
    );
    const rest = converter(additionalProperties);
    const of = (name: string): Convert =>
      named.get(name) ?? patterns.find(([pattern]) => pattern.test(name))?.[1] ?? rest;
    return (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, of(name)(member)]));
    };
  }

  return { hasBigInt: marks.has("bigint"), fromWire: converter(root) };
}

const same: Convert = (value) => value;

/** The value as a validator judges it: integers beyond the safe ones as the nearest number. */
export function approximate(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(approximate);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, approximate(member)]));
}

function marksOf(value: unknown, seen: Set<object>): Set<unknown> {
  const marks = new Set<unknown>();
  if (typeof value !== "object" || value === null || seen.has(value)) return marks;
  seen.add(value);
  if ("x-type" in value) marks.add(value["x-type"]);
  for (const part of Object.values(value)) for (const mark of marksOf(part, seen)) marks.add(mark);
  return marks;
}
