/** What is retried where a step does not say so. */
import type { Failure } from "../../wire/failure.js";
import type { RetryPolicy } from "./definition.js";

const transient: readonly Failure["kind"][] = ["timeout", "retryable", "undeliverable"];

/** Before the pivot: one attempt, unless the step says otherwise. */
export const oneAttempt: RetryPolicy = {
  attempts: 1,
  backoffMs: 1_000,
  factor: 2,
  maxBackoffMs: 60_000,
  jitter: 0.2,
  on: transient,
};

/** The default of compensations: five attempts within about a minute. */
export const fiveAttempts: RetryPolicy = { ...oneAttempt, attempts: 5, on: [...transient, "error"] };
