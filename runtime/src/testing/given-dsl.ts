/** What may happen to a saga in a test, and what it may be expected to do: the words of `given(...).when(...).then(...)`. */
import type { Json } from "../codegen.js";
import type { Effect } from "../saga/store/effects.js";
import type { Failure } from "../wire/failure.js";
import type { AnyOperation } from "../wire/operations.js";

/** Something that happens to a saga in a test. */
export type GivenEvent =
  | { readonly occurs: "reply"; readonly step: string; readonly reply: Json }
  | { readonly occurs: "failure"; readonly step: string; readonly failure: Failure | string }
  | { readonly occurs: "undone"; readonly step: string }
  | { readonly occurs: "time passes" };

/** Something that a saga does. */
export interface Expectation {
  /** In words. */
  readonly does: string;
  readonly payload?: Json;
}

/** A step's command is answered with success. */
export function reply(step: string, payload: Json = null): GivenEvent {
  return { occurs: "reply", step, reply: payload };
}

/** A step's command is refused; with a name alone, by a failure that the contract declares. */
export function failure(step: string, of: Failure | string): GivenEvent {
  return { occurs: "failure", step, failure: of };
}

/** A step's compensation succeeds. */
export function undone(step: string): GivenEvent {
  return { occurs: "undone", step };
}

/** The next thing that is due occurs: a timeout, or the end of a pause. */
export function timePasses(): GivenEvent {
  return { occurs: "time passes" };
}

/** The saga sends a message: a command, its undo, or an event. */
export function call(operation: AnyOperation | string, payload?: Json): Expectation {
  const does = `sends ${typeof operation === "string" ? operation : operation.id}`;
  return payload === undefined ? { does } : { does, payload };
}

/** The saga runs the function of a step. */
export function runs(step: string): Expectation {
  return { does: `runs ${step}` };
}

/** What carrying out an effect means, in the words of an expectation. */
export function describeEffect(effect: Effect): Expectation {
  switch (effect.type) {
    case "send":
      return { does: `sends ${effect.operation}`, payload: effect.payload };
    case "run":
      return { does: `runs ${effect.step}` };
    default:
      return { does: `${effect.type} ${effect.id}` };
  }
}
