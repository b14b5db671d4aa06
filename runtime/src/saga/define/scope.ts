/** What the functions of a step see and return. */
import type { Json } from "../../codegen.js";

/** What a step's functions see: the saga's input, and the results of the steps before, by name. */
export type Scope<Input, Results> = { readonly input: Kept<Input> } & Results;

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

/** What later steps see of a step: perhaps nothing where it may be skipped, or may go on without a result. */
export type Given<Result, When extends boolean, OnTimeout extends "fail" | "continue"> = [When] extends [never]
  ? "continue" extends OnTimeout
    ? Known<Result> | undefined
    : Known<Result>
  : Known<Result> | undefined;

/** A step without a result gives nothing; `any` stays what it is. */
type Known<Result> = 0 extends 1 & Result ? Result : unknown extends Result ? undefined : Kept<Result>;

/** What a saga keeps of a value: JSON, in which a Date is its ISO 8601 text. */
export type Kept<T> = [T] extends [Texts<T>] ? T : Texts<T>;

type Texts<T> = [Json] extends [T]
  ? T
  : T extends Date
    ? string
    : T extends object
      ? string extends keyof T
        ? T
        : { [Key in keyof T]: Texts<T[Key]> }
      : T;

/**
 * What a function returns for a message of type `T`: with literals as they stand, so that they need no `as const`, and
 * arrays mutable or not. For a Date its ISO 8601 text will do.
 */
export type Literal<T> = NoInfer<T> | DeepReadonly<NoInfer<T>>;

// Where any JSON will do, and behind an index signature, there are no literals to keep.
type DeepReadonly<T> = [Json] extends [T]
  ? T
  : T extends Date
    ? Date | string
    : T extends object
      ? string extends keyof T
        ? T
        : { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;
