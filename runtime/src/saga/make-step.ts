/** From a step's options to its node: defaults filled in, mistakes found. */
import type { Duration } from "../codegen.js";
import { durationMs } from "../duration.js";
import { SagaspecError } from "../errors.js";
import type { AnyRequest, AnySend } from "../wire/operations.js";
import { fiveAttempts, oneAttempt } from "./decide/retry.js";
import { defaultCompensation } from "./default-compensation.js";
import type { Action, Node, RetryPolicy, StepNode } from "./definition.js";
import type { AttemptOptions } from "./options.js";

const defaultTimeoutMs = 30_000;
const reserved = new Set(["input", "reply", "failure"]);

interface ActionOptions extends AttemptOptions {
  readonly call?: AnyRequest;
  readonly send?: AnySend;
  readonly with?: Extract<Action, { kind: "call" }>["with"];
  readonly run?: Extract<Action, { kind: "run" }>["run"];
  readonly transaction?: boolean;
}

/** A step's options of any kind, with the types of the builder worn off. */
export interface AnyStepOptions extends ActionOptions {
  readonly compensate?: ActionOptions | false;
  readonly pivot?: boolean;
  readonly deadline?: Duration | number;
  readonly onReply?: NonNullable<StepNode["onReply"]>;
  readonly onFailure?: NonNullable<StepNode["onFailure"]>;
}

/** Where the step stands. */
export interface Place {
  readonly saga: string;
  readonly before: readonly Node[];
}

/** @throws SagaspecError `invalid-definition` */
export function makeStep(name: string, options: AnyStepOptions, place: Place): StepNode {
  const refuse = (text: string): never => {
    throw new SagaspecError("invalid-definition", `step '${name}' of saga '${place.saga}': ${text}`);
  };
  if (!/^[A-Za-z_$][\w$-]*$/.test(name))
    refuse("no name for a step; begin with a letter, go on with letters, digits, '-' and '_'");
  if (reserved.has(name)) refuse("a reserved word; name the step otherwise");
  if (place.before.some((node) => node.kind === "step" && node.name === name))
    refuse("already defined; name the step otherwise");
  const verbs = ["call", "send", "run"].filter((verb) => verb in options);
  if (verbs.length > 1) refuse(`has ${verbs.join(" and ")}; a step does one thing`);
  if (verbs.length === 0 && !options.compensate) refuse("does nothing; give it call, send, run or compensate");
  if (options.pivot && place.before.some((node) => node.kind === "step" && node.pivot)) {
    refuse("a second pivot; a saga has one point of no return");
  }
  try {
    const action = verbs.length === 1 ? makeAction(options, oneAttempt) : undefined;
    const compensate = makeCompensation(options);
    return {
      kind: "step",
      name,
      path: name,
      pivot: options.pivot ?? false,
      ...(action && { action }),
      ...(compensate && { compensate }),
      ...(options.deadline !== undefined && { deadlineMs: durationMs(options.deadline) }),
      ...(options.onReply && { onReply: options.onReply }),
      ...(options.onFailure && { onFailure: options.onFailure }),
    };
  } catch (error) {
    if (error instanceof SagaspecError || error instanceof RangeError) return refuse(error.message);
    throw error;
  }
}

function makeCompensation(options: AnyStepOptions): Action | undefined {
  const { compensate, call } = options;
  if (compensate === false) return undefined;
  if (compensate) return makeAction(compensate, fiveAttempts);
  const undo = call && defaultCompensation(call);
  return undo && makeAction(undo, fiveAttempts);
}

function makeAction(options: ActionOptions, usual: RetryPolicy): Action {
  const payload = options.with ?? (() => null);
  if (options.send) return { kind: "send", operation: options.send, with: payload };
  const retry = makePolicy(options.retry, usual);
  const timeout = options.timeout ?? options.call?.timeoutMs ?? defaultTimeoutMs;
  const timeoutMs = durationMs(timeout);
  if (options.call) return { kind: "call", operation: options.call, with: payload, timeoutMs, retry };
  if (options.run)
    return { kind: "run", run: options.run, transactional: options.transaction ?? false, timeoutMs, retry };
  throw new SagaspecError("invalid-definition", "a compensation needs call, send or run");
}

function makePolicy(options: AttemptOptions["retry"], usual: RetryPolicy): RetryPolicy {
  if (!options) return usual;
  const { attempts, factor = usual.factor, jitter = usual.jitter, on = usual.on } = options;
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new RangeError(`retry.attempts is ${attempts}; give a whole number from 1`);
  if (!(factor >= 1)) throw new RangeError(`retry.factor is ${factor}; give a number from 1`);
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`retry.jitter is ${jitter}; give a number from 0 to 1`);
  const backoffMs = durationMs(options.backoff ?? usual.backoffMs);
  const maxBackoffMs = durationMs(options.maxBackoff ?? usual.maxBackoffMs);
  return { attempts, backoffMs, factor, maxBackoffMs, jitter, on };
}
