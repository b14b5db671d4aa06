import { patternMatcher } from "../../contract/pattern.js";
import type { Generator } from "./generator.js";
import { merge } from "./merge.js";
import type { Node, NodeObject } from "./node.js";
import { textMatching } from "./pattern.js";

/** An object: every required field, most of the others, and as many more as are asked for. */
export function fakeObject(schema: NodeObject, generator: Generator): unknown {
  const { random } = generator;
  const names = new Set(schema.required);
  for (const name of Object.keys(schema.properties ?? {})) {
    if (schema.properties?.[name] !== false && !generator.isDeep && random.chance(0.7)) names.add(name);
  }
  const node = withDependencies(schema, names, generator);
  const most = node.maxProperties ?? Number.POSITIVE_INFINITY;
  for (const name of [...names].reverse()) if (names.size > most && !node.required?.includes(name)) names.delete(name);
  const least = Math.min(
    most,
    Math.max(node.minProperties ?? 0, generator.isDeep ? 0 : names.size + extras(node, generator)),
  );
  for (const name of Object.keys(node.properties ?? {})) if (names.size < (node.minProperties ?? 0)) names.add(name);
  for (let attempt = 0; names.size < least && attempt < 100; attempt += 1) names.add(extraName(node, generator));

  const value: { [name: string]: unknown } = {};
  for (const name of names) {
    const field = fieldOf(node, name);
    if (field === false && !node.required?.includes(name)) continue;
    // `__proto__` is a name like any other.
    Object.defineProperty(value, name, {
      value: generator.value(field),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return value;
}

/** A field brings along what it depends on. */
function withDependencies(schema: NodeObject, names: Set<string>, generator: Generator): NodeObject {
  let node = schema;
  for (const name of names) {
    const needs =
      schema.dependencies && Object.hasOwn(schema.dependencies, name) ? schema.dependencies[name] : undefined;
    if (isNameList(needs)) for (const other of needs) names.add(other);
    else if (needs !== undefined) {
      node = merge(node, generator.plain(needs));
      for (const other of node.required ?? []) names.add(other);
    }
  }
  return node;
}

const isNameList = (needs: Node | readonly string[] | undefined): needs is readonly string[] => Array.isArray(needs);

/** How many fields beyond the declared ones: some where their type is given. */
function extras(node: NodeObject, { random }: Generator): number {
  const described = typeof node.additionalProperties === "object" || node.patternProperties !== undefined;
  return described ? random.between(0, 2) : 0;
}

function extraName(node: NodeObject, generator: Generator): string {
  const patterns = Object.keys(node.patternProperties ?? {});
  const { random } = generator;
  if (patterns.length > 0 && (node.additionalProperties === false || random.chance(0.7))) {
    return textMatching(random.pick(patterns), random, 3);
  }
  const names =
    node.propertyNames === undefined || node.propertyNames === true ? {} : generator.plain(node.propertyNames);
  return String(generator.value({ type: "string", ...names }));
}

function fieldOf(node: NodeObject, name: string): Node {
  const own = node.properties && Object.hasOwn(node.properties, name) ? [node.properties[name] ?? true] : [];
  const matching = Object.entries(node.patternProperties ?? {}).flatMap(([pattern, schema]) =>
    patternMatcher(pattern)(name) ? [schema] : [],
  );
  const found = [...own, ...matching];
  const [only] = found;
  if (only === undefined) return node.additionalProperties ?? true;
  return found.length === 1 ? only : { allOf: found };
}

/** An array of a few items. */
export function fakeArray(node: NodeObject, generator: Generator): unknown {
  const { random } = generator;
  const tuple = isTuple(node.items) ? node.items : [];
  const least = node.minItems ?? (node.contains === undefined ? 0 : 1);
  const usual = generator.isDeep ? least : Math.max(least, tuple.length, least + random.between(0, 3));
  const closed = tuple.length > 0 && node.additionalItems === false ? tuple.length : Number.POSITIVE_INFINITY;
  const length = node.items === false ? 0 : Math.min(usual, closed, node.maxItems ?? Number.POSITIVE_INFINITY);
  const rest: Node = isTuple(node.items) ? (node.additionalItems ?? true) : (node.items ?? true);
  const itemAt = (index: number): unknown => generator.value(tuple[index] ?? rest);

  const items: unknown[] = [];
  for (let attempt = 0; items.length < length && attempt < length * 20; attempt += 1) {
    const item = itemAt(items.length);
    const text = JSON.stringify(item);
    if (!node.uniqueItems || items.every((other) => JSON.stringify(other) !== text)) items.push(item);
  }
  if (node.contains !== undefined && items.length > 0) {
    items[random.between(0, items.length - 1)] = generator.value(
      tuple.length > 0 ? node.contains : { allOf: [rest, node.contains] },
    );
  }
  return items;
}

const isTuple = (items: NodeObject["items"]): items is readonly Node[] => Array.isArray(items);
