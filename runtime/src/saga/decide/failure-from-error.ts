import { messageOf } from "../../core/errors.js";
import type { Failure } from "../../wire/failure.js";

/** What a throwing function of the saga's author means: nothing was sent, and trying again would throw again. */
export function failureFromError(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "Error";
  return { kind: "terminal", name, message: messageOf(error) };
}
