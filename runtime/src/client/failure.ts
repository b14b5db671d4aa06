import type { Failures, Request } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";

/** A declared failure as a caller meets it: `name` tells which, and types `payload`. */
export type FailureOf<F extends Failures> = {
  [Name in keyof F & string]: { readonly name: Name; readonly payload: F[Name] };
}[keyof F & string];

/** A request was answered with a failure that its contract declares. */
export class RequestFailed<F extends Failures = Failures> extends SagaspecError {
  override readonly name: string = "RequestFailed";
  /** Id of the operation that failed. */
  readonly operation: string;
  readonly failure: FailureOf<F>;

  constructor(operation: string, failure: FailureOf<F>) {
    const what = `the answer is the declared failure "${failure.name}"`;
    super("request-failed", `${operation}: ${what}; see error.failure.payload`);
    this.operation = operation;
    this.failure = failure;
  }
}

/**
 * Whether `error` is one of the failures that the contract declares for the operation.
 * @example if (isFailure(error, restaurant.createTicket)) console.log(error.failure.payload.reason);
 */
export function isFailure<F extends Failures>(
  error: unknown,
  operation: Request<never, unknown, F, unknown, unknown> | Request<unknown, unknown, F, unknown, unknown>,
): error is RequestFailed<F> {
  return error instanceof RequestFailed && error.operation === operation.id;
}

/** What `fail` of a handler's context makes: it ends the handler with a failure that the contract declares. */
export class DeclaredFailure extends Error {
  override readonly name: string = "DeclaredFailure";
  readonly failure: string;
  readonly payload: unknown;

  constructor(failure: string, payload: unknown) {
    super(`the request fails with "${failure}"`);
    this.failure = failure;
    this.payload = payload;
  }
}
