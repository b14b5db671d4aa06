import type { Schema } from "../../codegen.js";

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
