import type { Failures, Request } from "../codegen.js";
import type { FailureOf } from "../contract/contract-types.js";
import { SagaspecError } from "../core/errors.js";
import type { Failure } from "../wire/failure.js";
import type { AnyRequest } from "../wire/operations.js";

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

/** The error of a request that was answered with a failure. */
export function errorOf(operation: AnyRequest, { kind, name, message, payload }: Failure): Error {
  if (kind === "declared") return new RequestFailed(operation.id, { name, payload });
  if (kind === "invalid-reply") {
    return new SagaspecError("invalid-reply", `${operation.id}: ${message}; the service and the contract disagree`);
  }
  if (kind === "undeliverable") {
    return new SagaspecError("transport-unavailable", `${operation.id}: ${message}; send it again later`, {
      retryable: true,
    });
  }
  if (kind === "retryable" && name === "unknown-outcome") {
    const text = `${operation.id}: ${message}; it may or may not have happened: ask again with the same messageId`;
    return new SagaspecError("transport-unavailable", text, { retryable: true });
  }
  const advice = kind === "retryable" ? "it may succeed when tried again" : "trying again will not help";
  const text = `${operation.id}: the service answered "${name}: ${message}"; ${advice}`;
  return new SagaspecError("remote-error", text, { retryable: kind === "retryable" });
}

/** The error of a request that was not answered in time. */
export function timedOut(operation: AnyRequest, timeoutMs: number): SagaspecError {
  const what = `no reply within ${timeoutMs} ms`;
  const hint =
    "it may or may not have happened: ask again with the same messageId, or allow more time with { timeout }";
  return new SagaspecError("timeout", `${operation.id}: ${what}; ${hint}`, { retryable: true });
}

/** The error of a request that could not even be sent in time. */
export function notConnected(operation: AnyRequest, timeoutMs: number): SagaspecError {
  const what = `no connection for its reply within ${timeoutMs} ms, so that it was not sent`;
  const hint = "see whether the broker can be reached, or allow more time with { timeout }";
  return new SagaspecError("transport-unavailable", `${operation.id}: ${what}; ${hint}`, { retryable: true });
}

/** The error of a request of a client that was closed. */
export function closedError(client: string): SagaspecError {
  return new SagaspecError("transport-closed", `${client}: the client is closed; make another one`);
}

/** The error of a request whose correlation id is taken. */
export function inUse(operation: AnyRequest, id: string): SagaspecError {
  const text = `${operation.id}: the correlation id "${id}" belongs to a request that is still open`;
  return new SagaspecError("conflict", `${text}; wait for it, or choose another`);
}
