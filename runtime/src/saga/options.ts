/** What a step may be told. Every kind of step is an object with one verb: `call`, `send`, `run`, or `compensate` alone. */

import type { FailureOf } from "../client/failure.js";
import type { Duration, Failures, Request, Send } from "../codegen.js";
import type { CompensationContext, Resolution, RunContext, StepContext } from "./definition.js";
import type { Scope } from "./scope.js";

type Maybe<T> = T | Promise<T>;

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
  /** Which failures. A refusal, a `TerminalError` and an invalid reply never. @default timeout, retryable, undeliverable */
  readonly on?: readonly ("timeout" | "retryable" | "error" | "undeliverable")[];
}

/** How long an attempt may take, and whether there is another one. */
export interface AttemptOptions {
  /** Bounds one attempt. @default for a call the contract's `x-timeout`, else `"30s"` */
  readonly timeout?: Duration | number;
  /** @default one attempt; for a compensation five; after the pivot until it succeeds */
  readonly retry?: RetryOptions;
}

/** What every step may be told. */
export interface CommonOptions {
  /** From this step's success on the saga only goes forward. @default false */
  readonly pivot?: boolean;
  /** Bounds the step with all its attempts. */
  readonly deadline?: Duration | number;
}

/** Undoes a step: a command that is answered, a message that is not, or a function. */
export type Compensation<Input, Results, Reply, Undo> =
  | (AttemptOptions & {
      readonly call: Request<Undo, unknown, Failures>;
      /** `reply` is undefined when none came: the step may or may not have taken effect. */
      readonly with: (
        scope: Scope<Input, Results> & { readonly reply: Reply | undefined },
        context: CompensationContext,
      ) => NoInfer<Undo>;
    })
  | {
      readonly send: Send<Undo>;
      readonly with: (
        scope: Scope<Input, Results> & { readonly reply: Reply | undefined },
        context: CompensationContext,
      ) => NoInfer<Undo>;
    }
  | (AttemptOptions & {
      readonly run: (
        scope: Scope<Input, Results> & { readonly reply: Reply | undefined },
        context: RunContext,
      ) => Maybe<void>;
      /** Commit what the function does together with the saga. @default false */
      readonly transaction?: boolean;
    });

/** Sends a command and waits for its answer. */
export interface CallOptions<Input, Results, Payload, F extends Failures, Undo, Reply, Result>
  extends CommonOptions,
    AttemptOptions {
  readonly call: Request<Payload, Reply, F>;
  /** The command's payload. Computed once: every attempt sends the same. */
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => NoInfer<Payload>;
  /** @default the contract's `x-compensated-by`, filled from the request; `false` switches it off */
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
  /** What later steps see in place of the reply. Throwing turns the saga back, this step included. */
  readonly onReply?: (
    scope: Scope<Input, Results> & { readonly reply: NoInfer<Reply> },
    context: StepContext,
  ) => Result;
  /** What to make of a declared failure; `attempt` counts the commands so far. @default "compensate" */
  readonly onFailure?: (
    scope: Scope<Input, Results> & { readonly failure: FailureOf<NoInfer<F>> },
    context: StepContext & { readonly attempt: number },
  ) => Resolution;
}

/** Sends a message that has no answer. Done as soon as the message is certain to be sent. */
export interface SendOptions<Input, Results, Payload, Undo, Reply> extends CommonOptions {
  readonly send: Send<Payload>;
  readonly with: (scope: Scope<Input, Results>, context: StepContext) => NoInfer<Payload>;
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
}

/**
 * Runs a function of this process, at least once; a `TerminalError` from it means that nothing happened. With
 * `transaction: true` what it does through `context.tx` commits together with the saga, exactly once.
 */
export interface RunOptions<Input, Results, Undo, Reply> extends CommonOptions, AttemptOptions {
  readonly run: (scope: Scope<Input, Results>, context: RunContext) => Maybe<Reply>;
  /** @default false */
  readonly transaction?: boolean;
  readonly compensate?: Compensation<Input, Results, NoInfer<Reply>, Undo> | false;
}

/** Does nothing on the way forward; takes part in the way back. */
export interface CompensationOptions<Input, Results, Undo, Reply> {
  readonly compensate: Compensation<Input, Results, NoInfer<Reply>, Undo>;
}

/** A step of any kind. `Reply` is what the step gives: the answer, or what its function returns. */
export type StepOptions<Input, Results, Payload, F extends Failures, Undo, Reply, Result> =
  | CallOptions<Input, Results, Payload, F, Undo, Reply, Result>
  | SendOptions<Input, Results, Payload, Undo, Reply>
  | RunOptions<Input, Results, Undo, Reply>
  | CompensationOptions<Input, Results, Undo, Reply>;
