import { SagaspecError } from "../core/errors.js";
import type { Failure } from "../saga/store/effects.js";
import type { AnyRequest } from "../wire/operations.js";
import { RequestFailed } from "./failure.js";

/** The error of a request that was answered with a failure. */
export function errorOf(operation: AnyRequest, { kind, name, message, payload }: Failure): Error {
  if (kind === "declared") return new RequestFailed(operation.id, { name, payload });
  if (kind === "invalid-reply") {
    return new SagaspecError("invalid-reply", `${operation.id}: ${message}; the service and the contract disagree`);
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

/** The error of a request whose correlation id is taken. */
export function inUse(operation: AnyRequest, id: string): SagaspecError {
  const text = `${operation.id}: the correlation id "${id}" belongs to a request that is still open`;
  return new SagaspecError("conflict", `${text}; wait for it, or choose another`);
}
