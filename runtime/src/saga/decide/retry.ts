import type { Failure } from "../../wire/failure.js";
import type { RetryPolicy } from "../define/definition.js";

/** Failures after which it is certain that the attempt had no effect. */
export function isDefinite(kind: Failure["kind"]): boolean {
  return kind === "declared" || kind === "terminal" || kind === "undone" || kind === "undeliverable";
}

/** Whether somebody has spoken who was given the message. Without that, an answer may still come from one sent twice. */
export function isAnswer(kind: Failure["kind"]): boolean {
  return kind !== "timeout" && kind !== "undeliverable";
}

/** Failures that settle the step, whichever attempt they belong to: another attempt would fail in the same way. */
export function isFinal(kind: Failure["kind"]): boolean {
  return kind === "declared" || kind === "terminal" || kind === "undone";
}

/** Whether another attempt follows. `forward`: the pivot has been passed, and the step is retried until it succeeds. */
export function retries(policy: RetryPolicy, attempt: number, kind: Failure["kind"], forward: boolean): boolean {
  if (isFinal(kind) || kind === "invalid-reply") return false;
  return forward || (attempt < policy.attempts && policy.on.includes(kind));
}

/** Pause after an attempt in ms: exponential, capped, and spread by the command's id, so that sagas do not retry in step. */
export function backoffMs(policy: RetryPolicy, id: string, attempt: number): number {
  const full = Math.min(policy.maxBackoffMs, policy.backoffMs * policy.factor ** (attempt - 1));
  return Math.round(full * (1 - policy.jitter * fraction(`${id}#${attempt}`)));
}

// FNV-1a instead of a random number: the same decision must always give the same pause.
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
