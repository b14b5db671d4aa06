import type { Schema } from "../codegen.js";
import { type JsonSchema, normalSchema } from "./normalize-schema.js";
import { patternMatcher } from "./pattern.js";
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

const conversions = new WeakMap<object, Conversion | undefined>();

/** The conversion of a schema, worked out once; undefined, as for most schemas, when there is nothing to convert. */
export function conversionOf(schema: Schema<unknown>): Conversion | undefined {
  if (!conversions.has(schema)) conversions.set(schema, conversionFor(schema));
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

/** What is to be done with a value and with what it holds: worked out on what has arrived, before anything is converted. */
interface Plan {
  mark?: "Date" | "bigint";
  /** By name or index. */
  readonly members: Map<string | number, Plan>;
}

/** Notes in a plan what a schema says of a value. */
type Decide = (value: unknown, plan: Plan) => void;

const nothing: Decide = () => {};

function conversionFor(schema: Schema<unknown>): Conversion | undefined {
  const marks = marksOf(schema, new Set());
  if (marks.size === 0) return undefined;
  const root = normalSchema(schema);
  const definitions = (root.definitions ?? {}) as JsonSchema;
  const known = new Map<object, Decide>();

  function decider(node: unknown): Decide {
    if (typeof node !== "object" || node === null) return nothing;
    let found = known.get(node);
    if (!found) {
      // A schema that contains itself finds this instead of going round for ever.
      known.set(node, (value, plan) => (found ?? nothing)(value, plan));
      found = make(node as JsonSchema);
      known.set(node, found);
    }
    return found;
  }

  function make(node: JsonSchema): Decide {
    if (typeof node.$ref === "string") {
      const name = /^#\/definitions\/(.*)$/.exec(node.$ref)?.[1];
      return decider(name === undefined ? root : definitions[name]);
    }
    const steps: Decide[] = [];
    const mark = node["x-type"];
    if (mark === "Date" || mark === "bigint") {
      steps.push((_, plan) => {
        plan.mark = mark;
      });
    }
    for (const part of (node.allOf ?? []) as JsonSchema[]) steps.push(decider(part));
    for (const keyword of ["oneOf", "anyOf"]) {
      const parts = ((node[keyword] ?? []) as JsonSchema[]).map(whereAccepted);
      steps.push(...parts);
    }
    if (node.if !== undefined) steps.push(conditionOf(node));
    if (node.items !== undefined) steps.push(itemsOf(node));
    if (node.properties ?? node.patternProperties ?? node.additionalProperties) steps.push(membersOf(node));
    if (node.dependencies !== undefined) steps.push(dependenciesOf(node.dependencies as JsonSchema));
    return (value, plan) => {
      for (const step of steps) step(value, plan);
    };
  }

  const acceptance = (part: unknown): ((value: unknown) => boolean) => {
    if (typeof part !== "object" || part === null) return () => part !== false;
    const validator = validatorFor({ ...(part as JsonSchema), definitions });
    return (value) => validator.check(approximate(value));
  };

  function whereAccepted(part: unknown): Decide {
    const accepts = acceptance(part);
    const decide = decider(part);
    return (value, plan) => {
      if (accepts(value)) decide(value, plan);
    };
  }

  function conditionOf(node: JsonSchema): Decide {
    const accepts = acceptance(node.if);
    const [met, then, otherwise] = [decider(node.if), decider(node.then), decider(node.else)];
    return (value, plan) => {
      if (!accepts(value)) return otherwise(value, plan);
      met(value, plan);
      then(value, plan);
    };
  }

  function itemsOf({ items, additionalItems }: JsonSchema): Decide {
    const decide = Array.isArray(items) ? items.map(decider) : decider(items);
    const rest = decider(additionalItems);
    const at = (index: number): Decide => (Array.isArray(decide) ? (decide[index] ?? rest) : decide);
    return (value, plan) => {
      if (Array.isArray(value)) for (const [index, item] of value.entries()) at(index)(item, memberOf(plan, index));
    };
  }

  function membersOf({ properties = {}, patternProperties = {}, additionalProperties }: JsonSchema): Decide {
    const named = new Map(Object.entries(properties as JsonSchema).map(([name, one]) => [name, decider(one)]));
    const patterns = Object.entries(patternProperties as JsonSchema).map(
      ([pattern, one]) => [patternMatcher(pattern), decider(one)] as const,
    );
    const rest = decider(additionalProperties);
    return (value, plan) => {
      if (!isRecord(value)) return;
      for (const [name, member] of Object.entries(value)) {
        const own = named.get(name);
        const matching = patterns.flatMap(([matches, decide]) => (matches(name) ? [decide] : []));
        const all = own ? [own, ...matching] : matching;
        for (const decide of all.length > 0 ? all : [rest]) decide(member, memberOf(plan, name));
      }
    };
  }

  function dependenciesOf(dependencies: JsonSchema): Decide {
    const deciders = Object.entries(dependencies).map(([name, needs]) => [name, decider(needs)] as const);
    return (value, plan) => {
      if (!isRecord(value)) return;
      for (const [name, decide] of deciders) if (Object.hasOwn(value, name)) decide(value, plan);
    };
  }

  const decide = decider(root);
  return {
    hasBigInt: marks.has("bigint"),
    fromWire(value) {
      const plan: Plan = { members: new Map() };
      decide(value, plan);
      return converted(value, plan);
    },
  };
}

function memberOf({ members }: Plan, key: string | number): Plan {
  const found = members.get(key) ?? { members: new Map() };
  members.set(key, found);
  return found;
}

/** Big integers stay only where the schema says so: elsewhere the type is `number`. */
function converted(value: unknown, plan: Plan | undefined): unknown {
  if (typeof value === "string") return plan?.mark === "Date" ? new Date(value) : value;
  if (typeof value === "number") return plan?.mark === "bigint" && Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === "bigint") return plan?.mark === "bigint" ? value : Number(value);
  if (Array.isArray(value)) return value.map((item, index) => converted(item, plan?.members.get(index)));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, one]) => [name, converted(one, plan?.members.get(name))] as const);
  return Object.fromEntries(members);
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
