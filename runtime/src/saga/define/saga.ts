import type { Failures } from "../../codegen.js";
import type { FailureOf } from "../../contract/contract-types.js";
import type { Duration } from "../../core/duration.js";
import type { SagaDefinition } from "./definition.js";
import type {
  Answered,
  AsyncCallOptions,
  Body,
  BranchOptions,
  CasesOf,
  EachOptions,
  ParallelOptions,
  PhaseOptions,
  ReplyBranchOptions,
  ReplyCases,
} from "./groups.js";
import type { SagaInput } from "./input.js";
import type { StepOptions } from "./options.js";
import type { Added, Given, Literal, NewStep } from "./scope.js";
import type { AnswerOptions, Schedule, StartOn } from "./start.js";

/** Options of a saga. */
export interface SagaOptions<Input, Payload = never, Payloads extends readonly unknown[] = readonly never[]> {
  /** Raise it with every change of structure: sagas under way finish with the version they started with. */
  readonly version: number;
  /** Schema of what a saga starts from: a generated one, or any Standard Schema. */
  readonly input: SagaInput<Input>;
  /** What a success does that arrives after its step was compensated. @default "compensate" */
  readonly lateSuccess?: "compensate" | "record";
  /** The saga turns back when it takes longer; once the pivot has been passed that is only recorded. */
  readonly deadline?: Duration | number;
  /** After this time the history gets an `sla-warning`. Changes nothing else. */
  readonly warnAfter?: Duration | number;
  /**
   * Starts a saga with each of these messages. Of several kinds of messages whichever comes first starts the saga, one for
   * each key; a `wait` for the others takes them whenever they come.
   */
  readonly startOn?:
    | StartOn<NoInfer<Input>, Payload>
    | { readonly [Index in keyof Payloads]: StartOn<NoInfer<Input>, Payloads[Index]> };
  /** Starts a saga by the clock. */
  readonly schedule?: Schedule<NoInfer<Input>>;
}

/**
 * A saga, and the way to add to it. Every method gives a new saga; the one before stays as it was.
 * Results are spelled out rather than named, so that hovering a saga lists its steps, and its type can be declared.
 */
export interface Saga<Input, Results> extends SagaDefinition<Input> {
  /**
   * Adds a step: `call` sends a command and waits for its answer, `send` sends a message without one, `run` calls a
   * function of this process, `wait` waits for an event, `sleep` and `sleepUntil` let time pass, `child` is another saga,
   * and `compensate` alone takes part in the way back only.
   */
  step<
    const Name extends string,
    const Payload,
    F extends Failures,
    const Undo,
    Reply = unknown,
    Result = Reply,
    When extends boolean = never,
    OnTimeout extends "fail" | "continue" = "fail",
  >(
    name: NewStep<Name, Results>,
    options: StepOptions<Input, Results, Payload, F, Undo, Reply, Result, When, OnTimeout>,
  ): Saga<
    Input,
    {
      readonly [Step in keyof Results | Name]: Step extends keyof Results
        ? Results[Step]
        : Given<Result, When, OnTimeout>;
    }
  >;
  /**
   * Goes on in one of several ways. Later steps see the results of the way that was taken, under the branch's name.
   * @example
   * .branch("delivery", {
   *   on: ({ invoice }) => (invoice.mail ? "mailed" : "lost"),
   *   cases: { mailed: (body) => body.step("sent", ...), lost: (body) => body },
   * })
   * @example
   * // With the name of a step that may be answered with several messages: a case for each of them.
   * .branch("delivery", { on: "invoice", cases: { written: (body) => body.step("sent", ...), refused: (body) => body } })
   */
  branch<const Name extends string, Cases extends CasesOf<Input, Results>>(
    name: NewStep<Name, Results>,
    options: BranchOptions<Input, Results, Cases>,
  ): Saga<
    Input,
    {
      readonly [Step in keyof Results | Name]: Step extends keyof Results
        ? Results[Step]
        : {
            readonly [Case in keyof Cases]?: Cases[Case] extends (...args: never) => infer Made
              ? Added<Made, Results>
              : never;
          };
    }
  >;
  branch<
    const Name extends string,
    const Step extends Answered<Results>,
    Cases extends ReplyCases<Input, Results, Step>,
  >(
    name: NewStep<Name, Results>,
    options: ReplyBranchOptions<Step, Cases>,
  ): Saga<
    Input,
    {
      readonly [Step in keyof Results | Name]: Step extends keyof Results
        ? Results[Step]
        : {
            readonly [Case in keyof Cases]?: Cases[Case] extends (...args: never) => infer Made
              ? Added<Made, Results>
              : never;
          };
    }
  >;
  /**
   * Lets steps run at the same time. Later steps see their results under the group's name.
   * @example
   * .parallel("trip", {
   *   members: (group) => group.step("hotel", ...).step("car", { dependsOn: ["hotel"], ... }),
   * })
   */
  parallel<const Name extends string, Own, Mode extends "all" | "any" = "all">(
    name: NewStep<Name, Results>,
    options: ParallelOptions<Input, Results, Mode, Own>,
  ): Saga<
    Input,
    {
      readonly [Step in keyof Results | Name]: Step extends keyof Results
        ? Results[Step]
        : Mode extends "all"
          ? Own
          : Partial<Own>;
    }
  >;
  /**
   * Carries out the same steps for every item of a list, some at a time. Later steps see a list of results.
   * @example
   * .each("users", { of: ({ input }) => input.users, steps: (body) => body.step("created", { with: ({ item }) => item, ... }) })
   */
  each<const Name extends string, Item, Made extends Body>(
    name: NewStep<Name, Results>,
    options: EachOptions<Input, Results, Item, Made>,
  ): Saga<
    Input,
    {
      readonly [Step in keyof Results | Name]: Step extends keyof Results
        ? Results[Step]
        : readonly Added<Made, Results>[];
    }
  >;
  /** Puts steps under a name, for people, and under one timeout. Their results stand where they would without it. */
  phase<const Name extends string, Inner>(
    name: NewStep<Name, Results>,
    options: PhaseOptions<Input, Results, Body<Inner>>,
  ): Saga<Input, Inner>;
  /** Sends a command that is accepted now, waits for the event that reports its result, and reads that, as one step. */
  asyncCall<
    const Name extends string,
    const Payload,
    Accepted,
    Event,
    F extends Failures,
    const Undo,
    const Query,
    Result = Event,
  >(
    name: NewStep<Name, Results>,
    options: AsyncCallOptions<Input, Results, Payload, Accepted, Event, F, Undo, Query, Result>,
  ): Saga<Input, { readonly [Step in keyof Results | Name]: Step extends keyof Results ? Results[Step] : Result }>;
  /**
   * Lets the saga answer a request: `serve(order, { createOrder: sagas.handler(createOrder) }, transport)` starts it, and
   * the requester is answered when it ends, however long that takes, by whichever worker is there.
   */
  answers<
    Payload,
    const Reply,
    F extends Failures,
    const Failed extends Literal<FailureOf<F>> | undefined = FailureOf<F> | undefined,
  >(options: AnswerOptions<Input, Results, Payload, Reply, F, Failed>): Saga<Input, Results>;
  /** The results of the steps. Never set: it carries the type. */
  readonly "~results"?: Results;
}
