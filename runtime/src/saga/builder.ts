import type { Duration, Failures } from "../codegen.js";
import { durationMs } from "../duration.js";
import { SagaspecError } from "../errors.js";
import { makeAsyncCall } from "./async-call.js";
import { parseCron } from "./cron.js";
import type { BranchNode, Node, SagaDefinition, SequenceNode } from "./definition.js";
import { definitionHash } from "./definition-hash.js";
import { membersOf } from "./group-members.js";
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
import { hasPivot, makeBranch, makeEach, makeParallel, makePhase, type Open } from "./make-group.js";
import { makeStep } from "./make-step.js";
import { namesIn } from "./nodes.js";
import type { Given, StepOptions } from "./options.js";
import { after, named, type Place } from "./place.js";
import type { Added, NewStep } from "./scope.js";
import type { AnswerOptions, SagaAnswer, SagaStart, Schedule, StartOn } from "./start.js";

/** What a saga is told at its beginning. */
export interface SagaOptions<Input, Payload = never> {
  /** Raise it with every change of structure: sagas under way finish with the version they started with. */
  readonly version: number;
  /** Schema of what a saga starts from: a generated one, or any Standard Schema. */
  readonly input: SagaInput<Input>;
  /** What a success does that arrives after its step was compensated. @default "compensate" */
  readonly lateSuccess?: "compensate" | "record";
  /** The saga turns back when it takes longer; once the pivot has been passed that is only recorded. */
  readonly deadline?: Duration | number;
  /** After so long a line in the history says that the saga takes its time. Changes nothing else. */
  readonly warnAfter?: Duration | number;
  /** Starts a saga with each of these messages. */
  readonly startOn?: StartOn<NoInfer<Input>, Payload>;
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
    Payload,
    F extends Failures,
    Undo,
    Reply = void,
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
  /** Sends a command that is accepted now, waits for the event that tells its result, and reads that, as one step. */
  asyncCall<const Name extends string, Payload, Accepted, Event, F extends Failures, Undo, Query, Result = Event>(
    name: NewStep<Name, Results>,
    options: AsyncCallOptions<Input, Results, Payload, Accepted, Event, F, Undo, Query, Result>,
  ): Saga<Input, { readonly [Step in keyof Results | Name]: Step extends keyof Results ? Results[Step] : Result }>;
  /**
   * Lets the saga answer a request: `serve(order, { createOrder: sagas.handler(createOrder) }, transport)` starts it, and
   * the requester is answered when it ends, however long that takes, by whichever worker is there.
   */
  answers<Payload, Reply, F extends Failures>(
    options: AnswerOptions<Input, Results, Payload, Reply, F>,
  ): Saga<Input, Results>;
  /** The results of the steps. Never set: it carries the type. */
  readonly "~results"?: Results;
}

/**
 * Begins the definition of a saga: steps that are carried out one after the other, and undone in reverse order when one
 * of them fails. A definition is data; {@link createSagaRunner} runs it.
 * @throws SagaspecError `invalid-definition` when a step cannot be what it says
 * @example
 * saga("create-order", { version: 1, input: NewOrderSchema })
 *   .step("ticket", {
 *     call: restaurant.createTicket,
 *     with: ({ input }) => ({ orderId: input.orderId, items: input.items }),
 *     compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
 *   })
 */
export function saga<Input, Payload = never>(
  name: string,
  options: SagaOptions<Input, Payload>,
): Saga<Input, Record<never, never>> {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) {
    throw new SagaspecError(
      "invalid-definition",
      `saga '${name}': no name for a saga; use letters, digits, '-', '_' and '.'`,
    );
  }
  const { version, input, lateSuccess = "compensate", deadline, warnAfter, startOn, schedule } = options;
  const start: SagaStart = {
    ...(startOn && { on: startOn as unknown as NonNullable<SagaStart["on"]> }),
    ...(schedule && { schedule: schedule as Schedule<unknown> }),
  };
  if (schedule) parseCron(schedule.cron);
  const place: Place = {
    saga: name,
    prefix: "",
    bodies: [],
    names: new Set(),
  };
  const head: Head<Input> = named("start", place, () => ({
    type: name,
    version,
    input,
    lateSuccess,
    ...(deadline !== undefined && { deadlineMs: durationMs(deadline) }),
    ...(warnAfter !== undefined && { warnAfterMs: durationMs(warnAfter) }),
    ...((startOn || schedule) && { start }),
  }));
  return build(head, { kind: "sequence", nodes: [] }, place);
}

/** What a definition says beside its nodes. */
type Head<Input> = Omit<SagaDefinition<Input>, "root" | "hash">;

const secondPivot = "a second pivot; a saga has one point of no return";

function build<Input, Results>(head: Head<Input>, root: SequenceNode, place: Place): Saga<Input, Results> {
  let hash: string | undefined;
  const open =
    (steps: (body: never) => Body): Open =>
    (at) =>
      steps(build(head, { kind: "sequence", nodes: [] }, at) as never).root;
  const add = (node: Node): Saga<Input, never> => {
    const next = after(place, ...namesIn(node));
    return build(
      head,
      { ...root, nodes: [...root.nodes, node] },
      hasPivot(node) ? { ...next, noPivot: secondPivot } : next,
    );
  };
  const answers = (answer: SagaAnswer) => build({ ...head, start: { ...head.start, answer } }, root, place);
  const methods: { readonly [Method in Exclude<Methods, "answers">]: (name: string, options: never) => unknown } = {
    step: (name, options) => add(makeStep(name, options, place)),
    asyncCall: (name, options) => add(makeAsyncCall(name, options, place)),
    branch: (name, { on, cases }: { on: string | BranchNode["on"]; cases: CasesOf<unknown, unknown> }) => {
      const opened = Object.entries(cases).map(([one, steps]) => [one, open(steps)]);
      return add(makeBranch(name, { on, cases: Object.fromEntries(opened) }, place));
    },
    parallel: (name, options: ParallelOptions<unknown, unknown, "all" | "any", unknown>) =>
      add(makeParallel(name, options, (at) => membersOf(options.members, at, open), place)),
    each: (name, options: EachOptions<unknown, unknown, unknown, Body>) =>
      add(
        makeEach(name, { ...options, of: options.of as () => readonly unknown[], steps: open(options.steps) }, place),
      ),
    phase: (name, options: PhaseOptions<unknown, unknown, Body>) =>
      add(makePhase(name, { ...options, steps: open(options.steps) }, place)),
  };
  return {
    ...head,
    get hash() {
      hash ??= definitionHash(root);
      return hash;
    },
    root,
    // The interface types what the makers check: the data behind it is one and the same.
    ...({ ...methods, answers } as unknown as Pick<Saga<Input, Results>, Methods>),
  };
}

type Methods = "answers" | "step" | "branch" | "parallel" | "each" | "phase" | "asyncCall";
