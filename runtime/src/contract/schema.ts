import { createRequire } from "node:module";
import type { Schema } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { compilerSchema, type JsonSchema, normalSchema } from "./normalize-schema.js";

/** What a value breaks first. */
export interface Violation {
  /** JSON pointer to the value; empty for the whole. */
  readonly pointer: string;
  /** The value in JSON, or what kind of value it is; never a secret. */
  readonly value: string;
  /** `must be integer` */
  readonly reason: string;
}

/** A compiled schema. */
export interface Validator {
  check(value: unknown): boolean;
  /** Why `check` is false. */
  explain(value: unknown): Violation;
}

type TypeBox = typeof import("typebox/schema");

let typebox: TypeBox | undefined;

/**
 * Loading TypeBox costs more than many programs' start: it waits for the first message. A bundler has a `require` of its own,
 * and finds by it what to bundle; a module has none. One that was told to leave packages alone may have one that only throws.
 */
function loadTypeBox(): TypeBox {
  try {
    if (typeof require === "function") return require("typebox/schema") as TypeBox;
  } catch {
    // As a module has none.
  }
  return createRequire(import.meta.url)("typebox/schema") as TypeBox;
}

const validators = new WeakMap<object, Validator>();

/** The validator of a schema: compiled on first use, once per process. */
export function validatorFor(schema: Schema<unknown>): Validator {
  let validator = validators.get(schema);
  if (!validator) {
    validator = compile(schema);
    validators.set(schema, validator);
  }
  return validator;
}

function compile(schema: Schema<unknown>): Validator {
  typebox ??= loadTypeBox();
  const normal = compilerSchema(normalSchema(schema));
  const compiled = compiledBy(typebox, normal);
  return {
    check: (value) => compiled.Check(value),
    explain(value) {
      const [, errors] = compiled.Errors(value);
      // Forbidden members are reported twice; the error of the object around them says more.
      const error = errors.find(({ keyword }) => keyword !== "boolean") ?? errors[0];
      if (!error) return { pointer: "", value: printed(value), reason: "must match the schema" };
      const culprit = at(value, error.instancePath);
      const secret = isSecret(normal, error.schemaPath);
      return {
        pointer: error.instancePath,
        value: secret ? "a secret" : printed(culprit),
        reason: reasonOf(error),
      };
    },
  };
}

function compiledBy(library: TypeBox, schema: JsonSchema) {
  try {
    return library.Compile(schema);
  } catch (cause) {
    throw new SagaspecError("invalid-definition", `schema: it does not compile (${String(cause)}); correct it`, {
      cause,
    });
  }
}

function reasonOf(error: ReturnType<ReturnType<TypeBox["Compile"]>["Errors"]>[1][number]): string {
  const list = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(", ");
  if (error.keyword === "enum") return `must be one of ${list(error.params.allowedValues)}`;
  if (error.keyword === "const") return `must be ${JSON.stringify(error.params.allowedValue)}`;
  if (error.keyword === "required") return `must have ${list(error.params.requiredProperties)}`;
  if (error.keyword === "additionalProperties") {
    return `must not have ${list(error.params.additionalProperties)}`;
  }
  return error.message;
}

// Only plain values are shown: an object might hold a secret somewhere inside.
function printed(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === undefined) return "nothing";
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? typeof value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function segmentsOf(pointer: string): readonly string[] {
  const segments = pointer.replace(/^#/, "").split("/").slice(1);
  return segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function at(root: unknown, pointer: string): unknown {
  let value = root;
  for (const segment of segmentsOf(pointer)) value = (value as { readonly [key: string]: unknown } | null)?.[segment];
  return value;
}

/** Whether the schema, or one that it lies in, is marked `format: password` or `x-secret`. */
function isSecret(root: JsonSchema, schemaPath: string): boolean {
  let node: unknown = root;
  for (const segment of ["", ...segmentsOf(schemaPath)]) {
    if (segment !== "") node = (node as { readonly [key: string]: unknown } | undefined)?.[segment];
    while (typeof node === "object" && node !== null && "$ref" in node) node = at(root, String(node.$ref));
    if (typeof node !== "object" || node === null) return false;
    if (("format" in node && node.format === "password") || ("x-secret" in node && node["x-secret"])) return true;
  }
  return false;
}
