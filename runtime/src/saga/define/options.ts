/**
 * Options of steps. Every kind of step is an object with one verb: `call`, `send`, `run`, `wait`, `sleep`,
 * `sleepUntil`, `child`, or `compensate` alone.
 */
import type { Failures, Request, Send } from "../../codegen.js";
import type { Duration } from "../../core/duration.js";
import type {
  AddressingOptions,
  AttemptOptions,
  CommonOptions,
  Compensation,
  DeadlineOptions,
  Maybe,
  OnFailure,
  PollOptions,
} from "./common-options.js";
import type { RunContext, SagaDefinition, StepContext } from "./definition.js";
import type { Kept, Literal, Scope } from "./scope.js";

/** Sends a command and waits for its answer. */
export interface CallOptions<Input, Results, Payload, F extends Failures, Undo, Reply, Result, When extends boolean>
  extends CommonOptions<Input, Results, When>,
    AddressingOptions<Scope<Input, Results>, StepContext>,
    DeadlineOptions,
    AttemptOptions {
  readonly call: Request<Payload, Reply, F>;
  /** The command's payload. Computed once: every attempt sends the same. */
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => Literal<Payload>;
  /** @default the contract's `x-compensated-by`, filled from the request; `false` switches it off */
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
  /** Asks again and again; the step gives the last answer. */
  readonly poll?: PollOptions<Input, Results, NoInfer<Reply>>;
  /** What later steps see in place of the reply. Throwing turns the saga back, this step included. */
  readonly onReply?: (
    scope: Scope<Input, Results> & { readonly reply: Kept<NoInfer<Reply>> },
    context: StepContext,
  ) => Result;
  /** What to make of a declared failure; `attempt` counts the commands so far. @default "compensate" */
  readonly onFailure?: OnFailure<Input, Results, F>;
}

/** Sends a message that has no answer. Done as soon as the message is certain to be sent. */
export interface SendOptions<Input, Results, Payload, Undo, Reply, When extends boolean>
  extends CommonOptions<Input, Results, When>,
    AddressingOptions<Scope<Input, Results>, StepContext> {
  readonly send: Send<Payload>;
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => Literal<Payload>;
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
}

/**
 * Runs a function of this process, at least once; a `TerminalError` from it means that nothing happened. With
 * `transaction: true` what it does through `context.tx` commits together with the saga, exactly once.
 */
export interface RunOptions<Input, Results, F extends Failures, Undo, Reply, When extends boolean>
  extends CommonOptions<Input, Results, When>,
    DeadlineOptions,
    AttemptOptions {
  // A method, so that its author may say what `tx` is: the definition knows no store.
  run(scope: Scope<Input, Results>, context: RunContext): Maybe<Reply>;
  /** @default false */
  readonly transaction?: boolean;
  /** Calls it again and again; the step gives what it returned last. */
  readonly poll?: PollOptions<Input, Results, NoInfer<Reply>>;
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
  /** What to make of its failure, once there is no further attempt. @default "compensate" */
  readonly onFailure?: OnFailure<Input, Results, F>;
}

/**
 * Waits for an event, recognised by its key. One that arrives before the wait begins, or that another wait did not accept,
 * is kept for it.
 * @example
 * { wait: orderEvents.orderOutcome.orderApproved, key: ({ input }) => input.orderId, match: (event) => event.orderId, deadline: "1h" }
 */
export interface WaitOptions<
  Input,
  Results,
  F extends Failures,
  Reply,
  Result,
  When extends boolean,
  OnTimeout extends "fail" | "continue",
> extends CommonOptions<Input, Results, When> {
  readonly wait: Send<Reply>;
  /** The key that the event must have. May come from the input or from an earlier reply. */
  readonly key: (scope: Scope<Input, Results>, context: StepContext) => string | number;
  /** The key of an event; undefined for one that concerns no saga. */
  readonly match: (payload: Kept<NoInfer<Reply>>) => string | number | undefined;
  /** Whether the event ends the wait; else it goes on. @default always */
  readonly until?: (
    scope: Scope<Input, Results> & { readonly message: Kept<NoInfer<Reply>> },
    context: StepContext,
  ) => boolean;
  readonly deadline: Duration | number;
  /** Past the deadline the step fails, or the saga goes on without a result of it. @default "fail" */
  readonly onTimeout?: OnTimeout;
  /**
   * What an event does that comes before the wait begins: it is kept for it, it skips every step before the wait, or it
   * is passed over. @default "buffer"
   */
  readonly outOfOrder?: "buffer" | "skip-to" | "ignore";
  /** What later steps see in place of the event. */
  readonly onReply?: (
    scope: Scope<Input, Results> & { readonly reply: Kept<NoInfer<Reply>> },
    context: StepContext,
  ) => Result;
  /** What to make of a wait in vain. @default "compensate" */
  readonly onFailure?: OnFailure<Input, Results, F>;
}

/** Lets time pass. */
export type SleepOptions<Input, Results, When extends boolean> = CommonOptions<Input, Results, When> &
  (
    | { readonly sleep: Duration | number }
    /** Milliseconds since 1970, or a Date. What has passed already ends at once. */
    | {
        readonly sleep?: undefined;
        readonly sleepUntil: (scope: Scope<Input, Results>, context: StepContext) => number | Date;
      }
  );

/** Another saga as a step: its results are the step's. When this saga turns back, that one is compensated. */
export interface ChildOptions<Input, Results, F extends Failures, Payload, Reply, When extends boolean>
  extends CommonOptions<Input, Results, When> {
  readonly child: SagaDefinition<Payload> & { readonly "~results"?: Reply };
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => Literal<Payload>;
  /** `false` leaves what the child has done as it is. @default the child compensates itself */
  readonly compensate?: false;
  /** What to make of a child that was compensated or cancelled. @default "compensate" */
  readonly onFailure?: OnFailure<Input, Results, F>;
}

/** Does nothing on the way forward; takes part in the way back. */
export interface CompensationOptions<Input, Results, Undo, Reply> {
  readonly compensate: Compensation<Input, Results, NoInfer<Reply>, Undo>;
}

/** A step of any kind. `Reply` is what the step gives: the answer, the event, or what its function returns. */
export type StepOptions<
  Input,
  Results,
  Payload,
  F extends Failures,
  Undo,
  Reply,
  Result,
  When extends boolean,
  OnTimeout extends "fail" | "continue",
> =
  | CallOptions<Input, Results, Payload, F, Undo, Reply, Result, When>
  | SendOptions<Input, Results, Payload, Undo, Reply, When>
  | RunOptions<Input, Results, F, Undo, Reply, When>
  | WaitOptions<Input, Results, F, Reply, Result, When, OnTimeout>
  | SleepOptions<Input, Results, When>
  | ChildOptions<Input, Results, F, Payload, Reply, When>
  | CompensationOptions<Input, Results, Undo, Reply>;
