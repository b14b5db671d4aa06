/** What a step's functions see: the saga's input, and the results of the steps before, by name. */
export type Scope<Input, Results> = { readonly input: Input } & Results;

/** A name that no step has yet; anything else is a sentence that says what is wrong with it. */
export type NewStep<Name extends string, Results> = Name extends ReservedName
  ? `'${Name}' is a reserved word: name the step otherwise`
  : Name extends keyof Results
    ? `step '${Name}' is already defined`
    : Name;

/** Names that stand beside the steps in a scope. */
export type ReservedName = "input" | "reply" | "failure" | "message" | "item" | "index";

/** What the steps inside a group have added to what was there. */
export type Added<Body, Outer> = Body extends { readonly "~results"?: infer Inner }
  ? { readonly [Step in Exclude<keyof NonNullable<Inner>, keyof Outer | ReservedName>]: NonNullable<Inner>[Step] }
  : never;

/** What later steps see of a step that may be skipped, or that may go on without a result. */
export type Given<Result, When extends boolean, OnTimeout extends "fail" | "continue"> = [When] extends [never]
  ? "continue" extends OnTimeout
    ? Result | undefined
    : Result
  : Result | undefined;
