/** What a saga keeps: JSON, converted once when it comes in, so that it is the same before and after a row is loaded again. */
import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";

/**
 * The value as a saga keeps it: what JSON makes of it, frozen. A Date becomes its text; a bigint stays one.
 * @throws SagaspecError `invalid-usage` that names the path of what cannot be kept: a cycle, NaN or infinity, a Map, a Set
 * or a promise, more than 1,000 values inside one another
 * @example keptJson({ at: new Date(0) }, "what step 'a' returns") // { at: "1970-01-01T00:00:00.000Z" }
 */
export function keptJson(value: unknown, subject: string): Json {
  return copyOf(value, "", [], (path, why) => {
    const where = path === "" ? "" : ` at ${path}`;
    throw new SagaspecError("invalid-usage", `${subject}: it cannot be kept${where}: ${why}; return plain JSON`);
  }) as Json;
}

/** The same, but what cannot be kept is replaced by a text that says so: for records of what went wrong. */
export function describedJson(value: unknown): Json {
  return copyOf(value, "", [], (_, why) => `[${why}]`) as Json;
}

/** Freezes a value of a saga that was loaded from a store, once. */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

type Refuse = (path: string, why: string) => Json;

/** Deeper data would exhaust the stack here or there, and its path is no help. */
const deepest = 1_000;

function copyOf(value: unknown, path: string, around: readonly object[], refuse: Refuse): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "bigint")
    return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : refuse(path, `${value} is no number of JSON`);
  if (typeof value !== "object") return null;
  if (around.includes(value)) return refuse(path, "it contains itself");
  if (around.length === deepest) return refuse(`${path.slice(0, 80)}...`, `it is more than ${deepest} levels deep`);
  const inside = [...around, value];
  if (Array.isArray(value)) {
    return Object.freeze(value.map((item, index) => copyOf(item, `${path}/${index}`, inside, refuse)));
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return copyOf(value.toJSON(), path, inside, refuse);
  for (const [type, name] of strange) if (value instanceof type) return refuse(path, `${name} is no JSON`);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  const copy: { [name: string]: unknown } = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || typeof inner === "function" || typeof inner === "symbol") continue;
    const kept = copyOf(inner, `${path}/${name}`, inside, refuse);
    // An assignment would set the prototype instead.
    if (name === "__proto__") Object.defineProperty(copy, name, { value: kept, enumerable: true });
    else copy[name] = kept;
  }
  return Object.freeze(copy);
}

const strange = [
  [Map, "a Map"],
  [Set, "a Set"],
  [Promise, "a promise"],
] as const;
