import { isMultipleOf, unicodePattern } from "@sagaspec/runtime/schema";
import type { ValidateFunction } from "ajv";
import type { NamedType, SchemaNode } from "../contract/contract.js";
import { redosChecker } from "../rules/patterns/unsafe-pattern.js";
import type { TypeOptions } from "./print/type.js";
import { subschemas, typeGraph } from "./references.js";

/** Judges examples by the schemas of one contract. */
export interface ExampleJudge {
  /** Why the schema refuses the value, or why that cannot be said; nothing where it accepts it. Never throws. */
  refusal(value: unknown, node: SchemaNode): string | undefined;
  /** Whether the value has members that its type does not name: allowed by an open schema, refused by the compiler. */
  exceeds(value: unknown, node: SchemaNode): boolean;
  /** Whether values of the schema look different in memory: dates and big integers. */
  converts(node: SchemaNode, options: TypeOptions): boolean;
}

/**
 * A judge that knows these types and never looks at patterns that may take for ever with a text of the length `longest`.
 * Loads the validator, so call it only when there is something to judge.
 */
export async function exampleJudge(types: readonly NamedType[], longest: number): Promise<ExampleJudge> {
  const { Ajv } = await import("ajv");
  const addFormats = (await import("ajv-formats")).default;
  const ajv = new Ajv({ strict: false, logger: false, validateSchema: false, ownProperties: true, inlineRefs: false });
  addFormats.default(ajv);
  ajv.removeKeyword("multipleOf");
  ajv.addKeyword({
    keyword: "multipleOf",
    type: "number",
    schemaType: "number",
    compile: (step: number) => (value: number) => isMultipleOf(value, step),
    error: { message: ({ schema }) => `must be multiple of ${JSON.stringify(schema)}` },
  });
  const isUnsafe = redosChecker(longest);
  const byName = new Map(types.map((type) => [type.name, type.schema]));
  const reachable = (node: SchemaNode): ReadonlySet<SchemaNode> => {
    const seen = new Set([node]);
    // The set grows while it is walked.
    for (const one of seen) {
      if (typeof one === "object" && one.$ref !== undefined) seen.add(byName.get(one.$ref) ?? true);
      else for (const child of subschemas(one)) seen.add(child);
    }
    return seen;
  };

  const validators = new Map<SchemaNode, ValidateFunction>();
  let leavesFirst: readonly NamedType[] | undefined;

  // Compiles what a schema refers to before the schema: no stack is deep enough for a long chain of types at once.
  const validatorOf = (node: SchemaNode): ValidateFunction => {
    let validator = validators.get(node);
    if (validator) return validator;
    if (!leavesFirst) {
      leavesFirst = typeGraph(types).order;
      for (const { name, schema } of types) ajv.addSchema({ allOf: [standalone(schema, isUnsafe)] }, idOf(name));
    }
    const needed = reachable(node);
    for (const { name, schema } of leavesFirst) if (needed.has(schema)) ajv.getSchema(idOf(name));
    validator = ajv.compile({ allOf: [standalone(node, isUnsafe)] });
    validators.set(node, validator);
    return validator;
  };

  const exceeds = (value: unknown, node: SchemaNode): boolean => {
    if (typeof node === "boolean" || typeof value !== "object" || value === null) return false;
    if (node.$ref !== undefined) return exceeds(value, byName.get(node.$ref) ?? true);
    // Which branch a value takes is not decided here.
    if (node.oneOf ?? node.anyOf ?? node.allOf) return true;
    if (Array.isArray(value)) {
      const items = node.items as SchemaNode | undefined;
      return value.some((item) => exceeds(item, Array.isArray(items) ? true : (items ?? true)));
    }
    return Object.entries(value).some(([name, member]) => {
      const named = node.properties && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
      if (named !== undefined) return exceeds(member, named);
      return node.properties !== undefined && typeof node.additionalProperties !== "object" && !node.patternProperties;
    });
  };

  return {
    refusal: (value, node) => {
      try {
        const validator = validatorOf(node);
        return validator(value) ? undefined : ajv.errorsText(validator.errors, { dataVar: "payload" });
      } catch (error) {
        const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
        return `it cannot be judged by the schema (${reason})`;
      }
    },
    exceeds,
    converts: (node, { dateTime, int64 }) =>
      [...reachable(node)].some(
        (one) =>
          typeof one === "object" &&
          ((dateTime === "Date" && one.format === "date-time") || (int64 === "bigint" && one.format === "int64")),
      ),
  };
}

// A name may have letters that no URI has.
function idOf(name: string): string {
  return `type:${encodeURIComponent(name)}`;
}

// References in the form that a validator resolves, patterns as programs read them, without those that are not safe.
function standalone(value: unknown, isUnsafe: (pattern: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => standalone(one, isUnsafe));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      if (name === "$ref" && typeof member === "string") return [[name, idOf(member)]];
      if (name === "pattern" && typeof member === "string") {
        const pattern = unicodePattern(member);
        return pattern === undefined || isUnsafe(pattern) ? [] : [[name, pattern]];
      }
      if (name === "patternProperties") {
        const patterns = Object.entries(member as object).map(
          ([pattern, one]) => [unicodePattern(pattern), one] as const,
        );
        if (patterns.some(([pattern]) => pattern === undefined || isUnsafe(pattern))) return [];
        return [[name, Object.fromEntries(patterns.map(([pattern, one]) => [pattern, standalone(one, isUnsafe)]))]];
      }
      return [[name, standalone(member, isUnsafe)]];
    }),
  );
}
