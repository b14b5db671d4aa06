/** From options to what a step does: defaults filled in, mistakes found. */
import type { Json } from "../../codegen.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { planOf } from "../../wire/operation-plan.js";
import type { AnyOperation, AnyRequest, AnySend } from "../../wire/operations.js";
import type { AttemptOptions, RetryWord } from "./common-options.js";
import type {
  Action,
  Addressing,
  Command,
  RetryPolicy,
  SagaDefinition,
  SleepAction,
  StepScope,
  WaitAction,
} from "./definition.js";

const defaultTimeoutMs = 30_000;

/** Options of what acts on the world, with the types of the builder worn off. */
export interface CommandOptions extends AttemptOptions, Omit<Addressing, "address"> {
  readonly address?: string | Addressing["address"];
  readonly call?: AnyRequest;
  readonly send?: AnySend;
  readonly with?: Extract<Command, { kind: "call" }>["with"];
  readonly run?: Extract<Command, { kind: "run" }>["run"];
  readonly transaction?: boolean;
}

export interface AnyWaitOptions {
  readonly wait: AnySend;
  readonly key: WaitAction["key"];
  readonly match: (payload: never) => string | number | undefined;
  readonly until?: WaitAction["until"];
  readonly deadline: Duration | number;
  readonly onTimeout?: WaitAction["onTimeout"];
  readonly outOfOrder?: WaitAction["outOfOrder"];
}

/** Options of what a step may do beside. */
export interface ActionOptions extends CommandOptions, Partial<AnyWaitOptions> {
  readonly sleep?: Duration | number;
  readonly sleepUntil?: SleepAction["until"];
  readonly child?: SagaDefinition;
}

/** The words of which a step has one: what it does. */
export const verbs = ["call", "send", "run", "wait", "sleep", "sleepUntil", "child"] as const;

/** @throws SagaspecError `invalid-definition`, RangeError */
export function makeAction(options: ActionOptions, usual: RetryPolicy): Action {
  if (options.wait) return makeWait(options as AnyWaitOptions);
  if (options.sleep !== undefined) return { kind: "sleep", durationMs: durationMs(options.sleep) };
  if (options.sleepUntil) return { kind: "sleep", until: options.sleepUntil };
  if (options.child) return { kind: "child", saga: options.child, with: options.with ?? (() => null) } as Action;
  return makeCommand(options, usual);
}

/** @throws SagaspecError `invalid-definition`, RangeError */
export function makeCommand(options: CommandOptions, usual: RetryPolicy): Command {
  const payload = options.with ?? (() => null);
  const addressing = addressingOf(options);
  if (options.send) return { kind: "send", operation: options.send, with: payload, ...addressing };
  const retry = makePolicy(options.retry, usual, options.call ? "call" : "run");
  const timeoutMs = durationMs(options.timeout ?? options.call?.timeoutMs ?? defaultTimeoutMs);
  if (options.call) return { kind: "call", operation: options.call, with: payload, timeoutMs, retry, ...addressing };
  if (options.run)
    return { kind: "run", run: options.run, transactional: options.transaction ?? false, timeoutMs, retry };
  throw new SagaspecError("invalid-definition", "a compensation needs call, send or run");
}

/** @throws SagaspecError `invalid-definition` for an address that is fixed, or has a parameter that nothing fills */
function addressingOf({ call, send, address, parameters, headers }: CommandOptions): Addressing {
  const operation = call ?? send;
  if (operation && address !== undefined && operation.channel.address !== null) {
    const text = `the document says where '${operation.id}' goes ("${operation.channel.address}"); leave out address`;
    throw new SagaspecError("invalid-definition", text);
  }
  const open = operation && !parameters ? openParametersOf(operation) : [];
  if (operation && open.length > 0) {
    const text = `the address of '${operation.id}' has parameters; give the step parameters: () => ({ ${open.join(", ")} })`;
    throw new SagaspecError("invalid-definition", text);
  }
  return {
    ...(address !== undefined && { address: typeof address === "string" ? () => address : address }),
    ...(parameters && { parameters }),
    ...(headers && { headers }),
  };
}

/** The address parameters that neither the message nor the contract fills. */
function openParametersOf(operation: AnyOperation): readonly string[] {
  const { parameters, locations } = planOf(operation);
  const declared = operation.channel.parameters ?? {};
  return parameters.filter((name) => !locations[name] && declared[name]?.default === undefined);
}

/** @throws SagaspecError `invalid-definition`, RangeError */
export function makeWait(options: AnyWaitOptions): WaitAction {
  const { wait: operation, key, match, until, deadline, onTimeout = "fail", outOfOrder = "buffer" } = options;
  if (operation.action !== "send") {
    const text = `waits for '${operation.id}', which is a command; wait for an event that its handler tells`;
    throw new SagaspecError("invalid-definition", text);
  }
  if (!key || !match) throw new SagaspecError("invalid-definition", "a wait needs key and match");
  if (deadline === undefined) throw new SagaspecError("invalid-definition", "a wait needs a deadline");
  return {
    kind: "wait",
    operation,
    key,
    match: match as (payload: Json) => string | number | undefined,
    ...(until && { until: until as (scope: StepScope) => boolean }),
    timeoutMs: durationMs(deadline),
    onTimeout,
    outOfOrder,
  };
}

/** Which failures a word of `retry.on` stands for. */
const failuresBy: { readonly [Word in RetryWord]: readonly RetryPolicy["on"][number][] } = {
  timeout: ["timeout"],
  retryable: ["retryable"],
  error: ["error", "retryable"],
  undeliverable: ["undeliverable"],
};

/** What can happen to an attempt of each kind. */
const wordsOf: { readonly [kind in "call" | "run"]: readonly RetryWord[] } = {
  call: ["timeout", "retryable", "error", "undeliverable"],
  run: ["timeout", "retryable", "error"],
};

function makePolicy(options: AttemptOptions["retry"], usual: RetryPolicy, kind: "call" | "run"): RetryPolicy {
  if (!options) return usual;
  const { attempts, factor = usual.factor, jitter = usual.jitter } = options;
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new RangeError(`retry.attempts is ${attempts}; give a whole number from 1`);
  if (!(factor >= 1)) throw new RangeError(`retry.factor is ${factor}; give a number from 1`);
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`retry.jitter is ${jitter}; give a number from 0 to 1`);
  const backoffMs = durationMs(options.backoff ?? usual.backoffMs);
  const maxBackoffMs = durationMs(options.maxBackoff ?? usual.maxBackoffMs);
  const on = options.on ? failuresOf(options.on, kind) : usual.on;
  return { attempts, backoffMs, factor, maxBackoffMs, jitter, on };
}

/** @throws SagaspecError `invalid-definition` for words that never apply to an attempt of this kind */
function failuresOf(words: readonly RetryWord[], kind: "call" | "run"): RetryPolicy["on"] {
  const possible = wordsOf[kind];
  const wrong = words.filter((word) => !possible.includes(word));
  if (wrong.length > 0 || words.length === 0) {
    const what = wrong.length > 0 ? `retry.on has '${wrong.join("', '")}', which never happens` : "retry.on is empty";
    throw new SagaspecError("invalid-definition", `${what} to a ${kind}; give some of ${possible.join(", ")}`);
  }
  return [...new Set(words.flatMap((word) => failuresBy[word]))];
}
