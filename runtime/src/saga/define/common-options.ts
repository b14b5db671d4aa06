/** Options of several kinds of steps: attempts, deadlines, addressing, failures, and compensation. */
import type { Failures, Json, Request, Send } from "../../codegen.js";
import type { FailureOf } from "../../contract/contract-types.js";
import type { Duration } from "../../core/duration.js";
import type { CompensationContext, Resolution, RunContext, StepContext } from "./definition.js";
import type { Kept, Literal, Scope } from "./scope.js";

export type Maybe<T> = T | Promise<T>;

/** When a failed attempt is followed by another one, under the same message id. */
export interface RetryOptions {
  /** All attempts, the first included. */
  readonly attempts: number;
  /** Pause after the first attempt. @default "1s" */
  readonly backoff?: Duration | number;
  /** By how much each pause is longer than the one before. @default 2 */
  readonly factor?: number;
  /** @default "1m" */
  readonly maxBackoff?: Duration | number;
  /** Share of the pause that varies, 0 to 1, so that many sagas do not retry at once. @default 0.2 */
  readonly jitter?: number;
  /**
   * What is followed by another attempt. A declared failure, a `TerminalError` and an invalid reply never are.
   * @default timeout, retryable, undeliverable; for a compensation error, too
   */
  readonly on?: readonly RetryWord[];
}

/**
 * What can happen to an attempt.
 * - `timeout`: no answer came, or the function did not return, in time
 * - `error`: the answer was a failure that the contract does not declare, or the function threw; `retryable` is among them
 * - `retryable`: of these, one that says that it may succeed later; what a `run` throws counts as such
 * - `undeliverable`: no consumer was subscribed; never happens to a `run`
 */
export type RetryWord = "timeout" | "retryable" | "error" | "undeliverable";

/** The time limit of an attempt, and whether another one follows. */
export interface AttemptOptions {
  /** Bounds one attempt. @default for a call the contract's `x-timeout`, else `"30s"` */
  readonly timeout?: Duration | number;
  /** @default one attempt; for a compensation five; after the pivot until it succeeds */
  readonly retry?: RetryOptions;
}

/** Options of every step. */
export interface CommonOptions<Input, Results, When extends boolean> {
  /** From this step's success on the saga only goes forward. @default false */
  readonly pivot?: boolean;
  /** Whether the step is needed at all; one that is not is skipped, and later steps see no result of it. */
  readonly when?: (scope: Scope<Input, Results>, context: StepContext) => When;
  /** After this time the history gets an `sla-warning`. Changes nothing else. */
  readonly warnAfter?: Duration | number;
  /** What has been reached once the step is done, for people who watch the saga. */
  readonly milestone?: string;
}

/** Bounds a step with all its attempts. */
export interface DeadlineOptions {
  readonly deadline?: Duration | number;
}

/** Repeats the step until `until` accepts its reply. Every round is a command of its own, with its own id. */
export interface PollOptions<Input, Results, Reply> {
  readonly until: (scope: Scope<Input, Results> & { readonly reply: Kept<Reply> }, context: StepContext) => boolean;
  /** Pause between a round and the next. */
  readonly every: Duration | number;
  /** The step fails when no reply was accepted within this time. */
  readonly deadline: Duration | number;
}

/** Address, its parameters, and headers of a message. Computed once: they are the same for every attempt. */
export interface AddressingOptions<Seen, Context> {
  /**
   * Where the message goes, for a channel whose document leaves that open (`address: null`).
   * @default the runner's `addresses`
   */
  readonly address?: string | ((scope: Seen, context: Context) => string);
  /** Values of the parameters in the address. @default what the message holds where the contract says it does */
  readonly parameters?: (scope: Seen, context: Context) => { readonly [name: string]: string };
  /** Headers, checked like the payload when the message is sent. */
  readonly headers?: (scope: Seen, context: Context) => { readonly [name: string]: Json };
}

/** Judges a failure; `attempt` counts the rounds so far. Of a command it is one that the contract declares. */
export type OnFailure<Input, Results, F extends Failures> = (
  scope: Scope<Input, Results> & { readonly failure: RefusalOf<NoInfer<F>> },
  context: StepContext & { readonly attempt: number },
) => Resolution;

// A step without a contract declares no failures: any name may come.
type RefusalOf<F extends Failures> = string extends keyof F
  ? { readonly name: string; readonly message: string }
  : FailureOf<F>;

/** Undoes a step: a command that is answered, a message that is not, or a function. */
export type Compensation<Input, Results, Reply, Undo> =
  | (AttemptOptions &
      AddressingOptions<Scope<Input, Results> & { readonly reply: Kept<Reply> | undefined }, CompensationContext> & {
        readonly call: Request<Undo, unknown, Failures>;
        /** `reply` is undefined when none came: the step may or may not have taken effect. */
        readonly with: (
          scope: Scope<Input, Results> & { readonly reply: Kept<Reply> | undefined },
          context: CompensationContext,
        ) => Literal<Undo>;
      })
  | (AddressingOptions<Scope<Input, Results> & { readonly reply: Kept<Reply> | undefined }, CompensationContext> & {
      readonly send: Send<Undo>;
      readonly with: (
        scope: Scope<Input, Results> & { readonly reply: Kept<Reply> | undefined },
        context: CompensationContext,
      ) => Literal<Undo>;
    })
  | (AttemptOptions & {
      run(scope: Scope<Input, Results> & { readonly reply: Kept<Reply> | undefined }, context: RunContext): Maybe<void>;
      /** Commit what the function does together with the saga. @default false */
      readonly transaction?: boolean;
    });
