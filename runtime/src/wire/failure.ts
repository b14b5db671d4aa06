import type { Json, Message } from "../codegen.js";

/** Why a step did not succeed. */
export interface Failure {
  /** `declared`: the contract's own; `terminal`: nothing happened; `retryable`, `error`, `invalid-reply`: outcome unknown. */
  readonly kind:
    | "declared"
    | "terminal"
    | "retryable"
    | "error"
    | "invalid-reply"
    | "undeliverable"
    | "timeout"
    | "undone";
  /** Name of the declared failure, or the error's code. */
  readonly name: string;
  readonly message: string;
  readonly payload?: Json;
}

/** The answer to a request whose handler met an error that the contract does not know. */
export interface StandardFailure {
  readonly code: string;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

/** How a standard failure ended the work; travels in its own header. `undeliverable` is a transport's: it never arrived. */
export type FailureKind = "retryable" | "terminal" | "undone" | "error" | "undeliverable";

export const failureKinds: ReadonlySet<string> = new Set<FailureKind>([
  "retryable",
  "terminal",
  "undone",
  "error",
  "undeliverable",
]);

/** The standard failure as a message. */
export const standardFailureMessage: Message<StandardFailure> = {
  name: "sagaspec.failure",
  payload: {
    type: "object",
    required: ["code", "message", "retryable"],
    properties: { code: { type: "string" }, message: { type: "string" }, retryable: { type: "boolean" } },
  },
};

/** Whether a declared failure message has room for a standard failure: `code`, `message` and `retryable`. */
export function carriesStandardFailure(message: Message<unknown>): boolean {
  const properties = message.payload?.properties as { readonly [name: string]: Json } | undefined;
  if (!properties) return false;
  return ["code", "message", "retryable"].every((name) => Object.hasOwn(properties, name));
}
