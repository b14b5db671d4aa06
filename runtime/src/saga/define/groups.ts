/** Options of groups: branch, parallel, each, phase, and the asynchronous call. */
import type { Failures, Request, Send } from "../../codegen.js";
import type { Duration } from "../../core/duration.js";
import type { AttemptOptions, Compensation } from "./common-options.js";
import type { SequenceNode, StepContext } from "./definition.js";
import type { StepOptions } from "./options.js";
import type { Saga } from "./saga.js";
import type { Added, Given, Literal, NewStep, Scope } from "./scope.js";

/** What the function of a body gives back: the saga it was given, with steps added. */
export interface Body<Results = unknown> {
  readonly root: SequenceNode;
  readonly "~results"?: Results;
}

/** Continues with one of several cases. */
export interface BranchOptions<Input, Results, Cases> {
  /** Which way. Asked once; the answer is kept. */
  readonly on: (scope: Scope<Input, Results>, context: StepContext) => NoInfer<keyof Cases & string>;
  readonly cases: Cases;
}

export type CasesOf<Input, Results> = { readonly [name: string]: (body: Saga<Input, Results>) => Body };

/** Goes on by which of several messages a step was answered with. */
export interface ReplyBranchOptions<Step, Cases> {
  /** The step. */
  readonly on: Step;
  /** By the name of the message; the steps of a case see that one as the step's result. */
  readonly cases: Cases;
}

/** The steps that are answered with one of several messages. */
export type Answered<Results> = {
  [Step in keyof Results]: Results[Step] extends { readonly name: string; readonly payload: unknown } ? Step : never;
}[keyof Results] &
  string;

/** A case for each message that the step may have been answered with. */
export type ReplyCases<Input, Results, Step extends keyof Results> = {
  readonly [Name in NameOf<Results[Step]>]: (
    body: Saga<Input, Replaced<Results, Step, Extract<Results[Step], { readonly name: Name }>>>,
  ) => Body;
};

type NameOf<Reply> = Reply extends { readonly name: infer Name extends string } ? Name : never;
type Replaced<Results, Step, Result> = { readonly [One in keyof Results]: One extends Step ? Result : Results[One] };

/** Lets steps run at the same time. */
export interface ParallelOptions<Input, Results, Mode extends "all" | "any", Own> {
  /** Done when all members are, or as soon as one is. @default "all" */
  readonly mode?: Mode;
  /** What becomes of the others once one is done: what they did is undone, or left. @default "cancel" */
  readonly rest?: "cancel" | "leave";
  readonly members: (group: Group<Input, Results, Record<never, never>>) => Group<Input, Results, Own>;
}

/** The members of a parallel group. Each starts as soon as those that it depends on are done. */
export interface Group<Input, Results, Own> {
  /** Adds a step. It sees what the group sees, and the results of the members that it depends on. */
  step<
    const Name extends string,
    const Payload,
    F extends Failures,
    const Undo,
    Reply = unknown,
    Result = Reply,
    When extends boolean = never,
    OnTimeout extends "fail" | "continue" = "fail",
    const On extends keyof Own & string = never,
  >(
    name: NewStep<Name, Results & Own>,
    options: { readonly dependsOn?: readonly On[] } & StepOptions<
      Input,
      Results & Pick<Own, On>,
      Payload,
      F,
      Undo,
      Reply,
      Result,
      When,
      OnTimeout
    >,
  ): Group<
    Input,
    Results,
    { readonly [Step in keyof Own | Name]: Step extends keyof Own ? Own[Step] : Given<Result, When, OnTimeout> }
  >;
  /** Adds steps that run one after the other; their results stand under the member's name. */
  sequence<const Name extends string, Made extends Body, const On extends keyof Own & string = never>(
    name: NewStep<Name, Results & Own>,
    options: {
      readonly dependsOn?: readonly On[];
      readonly steps: (body: Saga<Input, Results & Pick<Own, On>>) => Made;
    },
  ): Group<
    Input,
    Results,
    { readonly [Step in keyof Own | Name]: Step extends keyof Own ? Own[Step] : Added<Made, Results & Pick<Own, On>> }
  >;
  /** Adds steps that are carried out for every item of a list; a list of their results stands under the member's name. */
  each<const Name extends string, Item, Made extends Body, const On extends keyof Own & string = never>(
    name: NewStep<Name, Results & Own>,
    options: { readonly dependsOn?: readonly On[] } & EachOptions<Input, Results & Pick<Own, On>, Item, Made>,
  ): Group<
    Input,
    Results,
    {
      readonly [Step in keyof Own | Name]: Step extends keyof Own
        ? Own[Step]
        : readonly Added<Made, Results & Pick<Own, On>>[];
    }
  >;
  /** The results of the members. Never set: it carries the type. */
  readonly "~own"?: Own;
}

/** Carries out the same steps for every item of a list of at most 1,000. */
export interface EachOptions<Input, Results, Item, Made> {
  /** The items. Asked once; the answer is kept. */
  readonly of: (scope: Scope<Input, Results>, context: StepContext) => readonly Item[];
  /** Items at a time. @default 10 */
  readonly concurrency?: number;
  readonly steps: (body: Saga<Input, Results & { readonly item: NoInfer<Item>; readonly index: number }>) => Made;
}

/** Puts steps under a name, for people, and under one timeout. */
export interface PhaseOptions<Input, Results, Made> {
  /** The saga turns back when the steps take longer; once the pivot has been passed it is only recorded. */
  readonly timeout?: Duration | number;
  /** After this time the history gets an `sla-warning` of the phase. */
  readonly warnAfter?: Duration | number;
  readonly steps: (body: Saga<Input, Results>) => Made;
}

/** A command that is accepted now and whose result is reported later by an event, as one step. */
export interface AsyncCallOptions<Input, Results, Payload, Accepted, Event, F extends Failures, Undo, Query, Result>
  extends AttemptOptions {
  readonly call: Request<Payload, Accepted, F>;
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => Literal<Payload>;
  /** The event that tells that the result is there. */
  readonly wait: Send<Event>;
  /** The event's key; `reply` is what the command was answered with. */
  readonly key: (
    scope: Scope<Input, Results> & { readonly reply: NoInfer<Accepted> },
    context: StepContext,
  ) => string | number;
  readonly match: (payload: NoInfer<Event>) => string | number | undefined;
  /**
   * Whether the event tells the result; else it tells of progress, which the saga's summary lists as updates, and the
   * call goes on. @default always
   */
  readonly until?: (
    scope: Scope<Input, Results> & { readonly message: NoInfer<Event> },
    context: StepContext,
  ) => boolean;
  /** How long the result may take. */
  readonly deadline: Duration | number;
  /** Fetches the result, where the event does not carry it. @default the event is the result */
  readonly read?: {
    readonly call: Request<Query, Result, Failures>;
    readonly with: (
      scope: Scope<Input, Results> & { readonly reply: NoInfer<Accepted>; readonly message: NoInfer<Event> },
      context: StepContext,
    ) => Literal<Query>;
  } & AttemptOptions;
  readonly compensate?: Compensation<Input, Results, NoInfer<Accepted>, Undo> | false;
}
