/** Everything that can go wrong, by cause. */
export type ErrorCode =
  | "timeout"
  | "request-failed"
  | "remote-error"
  | "invalid-message"
  | "invalid-reply"
  | "unroutable"
  | "unknown-operation"
  | "transport-unavailable"
  | "transport-closed"
  | "topology-mismatch"
  | "not-implemented"
  | "invalid-definition"
  | "definition-changed"
  | "unknown-saga"
  | "conflict"
  | "store-unavailable"
  | "invalid-usage"
  | "terminal";

/**
 * Every error the runtime throws. The class says how bad it is, `code` what happened.
 * The message reads `[code] subject: what happened; what to do`.
 */
export class SagaspecError extends Error {
  override readonly name: string = "SagaspecError";
  readonly code: ErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, text: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(`[${code}] ${text}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/**
 * Thrown by a handler or a `run` step: nothing happened and trying again will not help. A saga compensates at once.
 * @example throw new TerminalError("the card number has no such check digit");
 */
export class TerminalError extends SagaspecError {
  override readonly name: string = "TerminalError";
  constructor(text: string, options: { cause?: unknown; code?: ErrorCode } = {}) {
    super(options.code ?? "terminal", text, options);
  }
}

/** What anything that was thrown says. Never throws: an object without a prototype has no text of its own. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return Object.prototype.toString.call(error);
  }
}

const permanentCodes: readonly ErrorCode[] = ["invalid-message", "invalid-usage", "invalid-definition"];

/** Whether the message, the call or the contract is what is wrong: trying again gives the same error. */
export function isPermanent(error: unknown): error is SagaspecError {
  return error instanceof SagaspecError && permanentCodes.includes(error.code);
}

/** Whether the message is what is wrong. */
export function isInvalidMessage(error: unknown): error is SagaspecError {
  return error instanceof SagaspecError && error.code === "invalid-message";
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
