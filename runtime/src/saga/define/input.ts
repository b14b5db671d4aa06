/** What a saga starts from: its schema, and the check of a value against it. */
import type { Json, Schema } from "../../codegen.js";
import { validatorFor } from "../../contract/schema.js";
import { SagaspecError } from "../../core/errors.js";
import { keptJson } from "../store/kept-json.js";
import type { SagaDefinition } from "./definition.js";

/** The part of the Standard Schema interface that an input needs: Zod, Valibot, ArkType, ... have it. */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** What a saga starts from: a generated schema, or any Standard Schema. */
export type SagaInput<T> = Schema<T> | StandardSchema<T>;

/**
 * An input as its saga keeps it: checked by the schema, and what JSON makes of it.
 * @throws SagaspecError `invalid-message` that says where it breaks the schema
 */
export async function validatedInput<Input>(definition: SagaDefinition<Input>, input: Input): Promise<Json> {
  return inputNow(definition, input);
}

/** The same, at once where its schema can: only a schema that checks asynchronously gives a promise. */
export function inputNow<Input>(definition: SagaDefinition<Input>, input: Input): Json | Promise<Json> {
  const { type, input: schema } = definition;
  const kept = (value: Input) => keptJson(value, `input of saga '${type}'`);
  if (!isStandard(schema)) return kept(checked(type, schema, input));
  const result = schema["~standard"].validate(input);
  return result instanceof Promise ? result.then((later) => kept(valueIn(type, later))) : kept(valueIn(type, result));
}

function checked<Input>(type: string, schema: Schema<Input>, input: Input): Input {
  const validator = validatorFor(schema);
  if (validator.check(input)) return input;
  const { pointer, value, reason } = validator.explain(input);
  throw refused(type, `is ${value}${pointer === "" ? "" : ` at ${pointer}`}, which ${reason}`);
}

function valueIn<Input>(type: string, result: StandardResult<Input>): Input {
  if (!result.issues) return result.value;
  throw refused(type, `is refused by its schema: ${result.issues.map(({ message }) => message).join("; ")}`);
}

function refused(type: string, what: string): SagaspecError {
  return new SagaspecError("invalid-message", `saga '${type}': its input ${what}; correct the value`);
}

function isStandard<T>(schema: SagaInput<T>): schema is StandardSchema<T> {
  return "~standard" in schema;
}
