/** The options that each kind of step, group and saga knows. */
import { SagaspecError } from "../../core/errors.js";
import { unknownOptions } from "../../core/known-options.js";
import type { verbs } from "./make-action.js";

const common = ["pivot", "when", "warnAfter", "milestone"];
const attempts = ["timeout", "retry"];
const addressing = ["address", "parameters", "headers"];
const commands = {
  call: ["call", "with", ...attempts, ...addressing],
  send: ["send", "with", ...addressing],
  run: ["run", "transaction", ...attempts],
};

/** The verb of a step; `compensate` for one that has no other. */
type StepKind = (typeof verbs)[number] | "compensate";

const steps: { readonly [kind in StepKind]: readonly string[] } = {
  call: [...commands.call, ...common, "deadline", "compensate", "poll", "onReply", "onFailure"],
  send: [...commands.send, ...common, "compensate"],
  run: [...commands.run, ...common, "deadline", "compensate", "poll", "onFailure"],
  wait: ["wait", "key", "match", "until", "deadline", "onTimeout", "outOfOrder", "onReply", "onFailure", ...common],
  sleep: ["sleep", ...common],
  sleepUntil: ["sleepUntil", ...common],
  child: ["child", "with", "compensate", "onFailure", ...common],
  compensate: ["compensate"],
};

type OptionsKind =
  | "retry"
  | "poll"
  | "asyncCall"
  | "branch"
  | "parallel"
  | "each"
  | "phase"
  | "sequence"
  | "saga"
  | "startOn"
  | "schedule"
  | "answers";

const others: { readonly [kind in OptionsKind]: readonly string[] } = {
  retry: ["attempts", "backoff", "factor", "maxBackoff", "jitter", "on"],
  poll: ["until", "every", "deadline"],
  asyncCall: [
    "call",
    "with",
    ...attempts,
    ...addressing,
    "wait",
    "key",
    "match",
    "until",
    "deadline",
    "read",
    "compensate",
  ],
  branch: ["on", "cases"],
  parallel: ["mode", "rest", "members"],
  each: ["of", "concurrency", "steps"],
  phase: ["timeout", "warnAfter", "steps"],
  sequence: ["steps"],
  saga: ["version", "input", "lateSuccess", "deadline", "warnAfter", "startOn", "schedule"],
  startOn: ["message", "input", "key"],
  schedule: ["cron", "timeZone", "input", "overlap", "catchUp"],
  answers: ["call", "input", "key", "reply", "failure"],
};

/**
 * Checks the options of a step by its verb, with those inside `retry`, `poll` and `compensate`.
 * @throws SagaspecError `invalid-definition` for an option that such a step has not, with the nearest one that it has
 */
export function checkStepOptions(verb: StepKind, options: object): void {
  check(options, steps[verb], verb === "compensate" ? "a step that is only a compensation" : `a step with '${verb}'`);
  const { retry, poll, compensate } = options as { [name in "retry" | "poll" | "compensate"]?: unknown };
  if (isObject(retry)) checkOptions("retry", retry);
  if (isObject(poll)) checkOptions("poll", poll);
  if (!isObject(compensate)) return;
  const undo = (["call", "send", "run"] as const).find((one) => one in compensate) ?? "call";
  check(compensate, commands[undo], `a compensation with '${undo}'`);
  if ("retry" in compensate && isObject(compensate.retry)) checkOptions("retry", compensate.retry);
}

/** @throws SagaspecError `invalid-definition` for an option that is not known, with the nearest one that is */
export function checkOptions(kind: OptionsKind, options: object): void {
  check(options, others[kind], kind);
}

function check(options: object, known: readonly string[], what: string): void {
  const [first, ...more] = unknownOptions(options, known);
  if (first === undefined) return;
  throw new SagaspecError("invalid-definition", `${what} has no option ${[first, ...more].join(", ")}`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
