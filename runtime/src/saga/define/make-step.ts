/** From a step's options to its node. */
import type { Json } from "../../codegen.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import type { AnyOperation, AnyRequest, AnySend } from "../../wire/operations.js";
import { type BuilderPosition, checkName, named, refuse, secondPivot } from "./builder-position.js";
import type { Action, Command, Poll, StepNode } from "./definition.js";
import { checkStepOptions } from "./known-options.js";
import { type ActionOptions, type CommandOptions, makeAction, makeCommand, verbs } from "./make-action.js";
import { fiveAttempts, oneAttempt } from "./retry-policies.js";

/** A step's options of any kind, with the types of the builder worn off. */
export interface AnyStepOptions extends Omit<ActionOptions, "deadline"> {
  readonly compensate?: CommandOptions | false;
  readonly pivot?: boolean;
  readonly when?: NonNullable<StepNode["when"]>;
  readonly deadline?: Duration | number;
  readonly poll?: {
    readonly until: Poll["until"];
    readonly every: Duration | number;
    readonly deadline: Duration | number;
  };
  readonly warnAfter?: Duration | number;
  readonly milestone?: string;
  readonly onReply?: NonNullable<StepNode["onReply"]>;
  readonly onFailure?: NonNullable<StepNode["onFailure"]>;
}

/** @throws SagaspecError `invalid-definition` */
export function makeStep(name: string, options: AnyStepOptions, position: BuilderPosition): StepNode {
  checkName(name, position);
  const said = verbs.filter((verb) => options[verb] !== undefined);
  if (said.length > 1) refuse(name, position, `has ${said.join(" and ")}; a step does one thing`);
  if (said.length === 0 && !options.compensate)
    refuse(name, position, "does nothing; give it call, send, run, wait, sleep, child or compensate");
  if (options.pivot && position.noPivot !== undefined) refuse(name, position, position.noPivot);
  return named(name, position, () => {
    checkStepOptions(said[0] ?? "compensate", options);
    const action = said.length === 1 ? makeAction(options as ActionOptions, oneAttempt) : undefined;
    const compensate = makeCompensation(options, action);
    const { poll } = options;
    if (poll && action?.kind !== "call" && action?.kind !== "run") refuse(name, position, "polls; give it call or run");
    if (position.noPivot !== secondPivot) checkRetryFits(options, action);
    return {
      kind: "step",
      name,
      path: position.prefix + name,
      pivot: options.pivot ?? false,
      ...(position.bodies.length > 0 && { bodies: position.bodies }),
      ...(action && { action }),
      ...(compensate && { compensate }),
      ...(options.when && { when: options.when }),
      ...(options.deadline !== undefined && action?.kind !== "wait" && { deadlineMs: durationMs(options.deadline) }),
      ...(poll && {
        poll: { until: poll.until, everyMs: durationMs(poll.every), deadlineMs: durationMs(poll.deadline) },
      }),
      ...(options.warnAfter !== undefined && { warnAfterMs: durationMs(options.warnAfter) }),
      ...(options.milestone !== undefined && { milestone: options.milestone }),
      ...(options.onReply && { onReply: options.onReply }),
      ...(options.onFailure && { onFailure: options.onFailure }),
    };
  });
}

/** @throws SagaspecError `invalid-definition` for a deadline that is over before the second attempt may start */
function checkRetryFits({ retry, deadline }: AnyStepOptions, action: Action | undefined): void {
  if (!retry || retry.attempts < 2 || deadline === undefined || !action || !("retry" in action)) return;
  const { backoffMs, jitter } = action.retry;
  const deadlineMs = durationMs(deadline);
  if (backoffMs * (1 - jitter) < deadlineMs) return;
  const text = `retry never applies: the deadline of ${deadlineMs} ms is over before the backoff of ${backoffMs} ms; give a longer deadline or a shorter backoff`;
  throw new SagaspecError("invalid-definition", text);
}

function makeCompensation(
  { compensate, call, address, parameters }: AnyStepOptions,
  action: Action | undefined,
): StepNode["compensate"] {
  if (compensate === false) return undefined;
  if (compensate) return makeCommand(compensate, fiveAttempts);
  // What a child saga has done it undoes itself.
  if (action?.kind === "child") return action;
  const undo = call && defaultCompensation(call);
  // Its address is filled as the command's was: a contract's own compensation speaks of the same things.
  if (!undo) return undefined;
  const isOpen = ("call" in undo ? undo.call : undo.send).channel.address === null;
  const where = isOpen && address !== undefined ? { address } : undefined;
  return makeCommand({ ...undo, ...where, ...(parameters && { parameters }) }, fiveAttempts);
}

type DefaultUndo =
  | { readonly call: AnyRequest; readonly with: Extract<Command, { kind: "call" }>["with"] }
  | { readonly send: AnySend; readonly with: Extract<Command, { kind: "send" }>["with"] };

/** The operation of the same contract that undoes a request, filled from the fields of the request; undefined where the contract names none. */
function defaultCompensation({ compensatedBy: undo }: AnyRequest): DefaultUndo | undefined {
  if (!undo) return undefined;
  const fill: DefaultUndo["with"] = (_, { request: sent }) => pick(sent, undo);
  return undo.kind === "request" ? { call: undo, with: fill } : { send: undo, with: fill };
}

function pick(sent: Json, operation: AnyOperation): Json {
  const properties = operation.message.payload?.properties;
  if (typeof properties !== "object" || properties === null || typeof sent !== "object" || sent === null) return sent;
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name in properties));
}
