import { duration } from "../components.js";
import type { ActionOutline, RetryOutline, StepOutline } from "./outline.js";

/** What a step does, in a few words: `call restaurant.createTicket`, `for each, 4 at a time`. */
export function stepWords(step: StepOutline): string {
  return [step.conditional && "if needed,", kindWords(step), step.action && target(step.action)]
    .filter((part) => part)
    .join(" ");
}

/** What an action does, without the operation: `call`, `run a function`, `sleep`. */
export function actionWords(kind: string): string {
  return WORDS[kind] ?? kind;
}

/** What an action is about: an operation, a saga, a stretch of time. */
export function target({ operation, saga, durationMs }: ActionOutline): string {
  return operation ?? saga ?? (durationMs === undefined ? "" : duration(durationMs));
}

/** The time that a box in the graph shows. */
export function shortTime({ kind, action, deadlineMs, poll }: StepOutline): string {
  const ms = poll?.deadlineMs ?? action?.timeoutMs ?? action?.durationMs ?? deadlineMs;
  return ms === undefined || kind === "send" ? "" : `◷ ${duration(ms)}`;
}

/** How long a step may take. Empty where it waits for nothing. */
export function timeWords({ kind, action, deadlineMs, poll }: StepOutline): string {
  const { timeoutMs, durationMs, onTimeout } = action ?? {};
  const vain = onTimeout === "continue" ? ", then goes on" : "";
  return [
    timeoutMs === undefined
      ? ""
      : kind === "wait"
        ? `${duration(timeoutMs)}${vain}`
        : `${duration(timeoutMs)} an attempt`,
    durationMs === undefined ? "" : duration(durationMs),
    poll === undefined ? "" : `asked every ${duration(poll.everyMs)} for ${duration(poll.deadlineMs)}`,
    deadlineMs === undefined ? "" : `${duration(deadlineMs)} in all`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** `3 attempts, 200 ms apart, ×2 up to 5 s` */
export function retryWords({ attempts, backoffMs, factor, maxBackoffMs }: RetryOutline): string {
  if (attempts <= 1) return "one attempt";
  const count = Number.isFinite(attempts) ? `${attempts} attempts` : "until it succeeds";
  const apart = backoffMs === 0 ? "" : `, ${duration(backoffMs)} apart`;
  return count + apart + (factor > 1 && maxBackoffMs > 0 ? `, ×${factor} up to ${duration(maxBackoffMs)}` : "");
}

/** What a step does, without what it does it to. */
export function kindWords({ kind, mode, concurrency }: StepOutline): string {
  if (kind === "parallel") return `side by side${mode === "any" ? ", until any is done" : ""}`;
  if (kind === "each") return `for each${concurrency === undefined ? "" : `, ${concurrency} at a time`}`;
  return actionWords(kind);
}

const WORDS: { readonly [kind: string]: string } = {
  compensation: "nothing, only to be undone",
  run: "run a function",
  wait: "wait for",
  branch: "one of",
  phase: "phase",
  child: "run the saga",
};
