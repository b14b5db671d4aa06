/** From a step's options to its node. */
import { type Duration, durationMs } from "../../core/duration.js";
import { fiveAttempts, oneAttempt } from "../decide/retry.js";
import { defaultCompensation } from "./default-compensation.js";
import type { Action, Poll, StepNode } from "./definition.js";
import { type ActionOptions, type CommandOptions, makeAction, makeCommand, verbs } from "./make-action.js";
import { checkName, named, type Place, refuse } from "./place.js";

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
export function makeStep(name: string, options: AnyStepOptions, place: Place): StepNode {
  checkName(name, place);
  const said = verbs.filter((verb) => options[verb] !== undefined);
  if (said.length > 1) refuse(name, place, `has ${said.join(" and ")}; a step does one thing`);
  if (said.length === 0 && !options.compensate)
    refuse(name, place, "does nothing; give it call, send, run, wait, sleep, child or compensate");
  if (options.pivot && place.noPivot !== undefined) refuse(name, place, place.noPivot);
  return named(name, place, () => {
    const action = said.length === 1 ? makeAction(options as ActionOptions, oneAttempt) : undefined;
    const compensate = makeCompensation(options, action);
    const { poll } = options;
    if (poll && action?.kind !== "call" && action?.kind !== "run") refuse(name, place, "polls; give it call or run");
    return {
      kind: "step",
      name,
      path: place.prefix + name,
      pivot: options.pivot ?? false,
      ...(place.bodies.length > 0 && { bodies: place.bodies }),
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

function makeCompensation(
  { compensate, call, parameters }: AnyStepOptions,
  action: Action | undefined,
): StepNode["compensate"] {
  if (compensate === false) return undefined;
  if (compensate) return makeCommand(compensate, fiveAttempts);
  // What a child saga has done it undoes itself.
  if (action?.kind === "child") return action;
  const undo = call && defaultCompensation(call);
  // Its address is filled as the command's was: a contract's own compensation speaks of the same things.
  return undo && makeCommand({ ...undo, ...(parameters && { parameters }) }, fiveAttempts);
}
