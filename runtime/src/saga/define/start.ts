/** What starts a saga beside code: a message, or the clock. */

import type { Failures, Json, Request, Send } from "../../codegen.js";
import type { FailureOf } from "../../contract/contract-types.js";
import type { Duration } from "../../core/duration.js";
import type { Failure } from "../../wire/failure.js";
import type { AnyRequest, AnySend } from "../../wire/operations.js";
import type { SagaStatus } from "../store/saga-store.js";
import type { StepScope } from "./definition.js";
import type { Literal } from "./scope.js";

/** Starts a saga with each message of an event contract. */
export interface StartOn<Input, Payload> {
  readonly message: Send<Payload>;
  readonly input: (payload: NoInfer<Payload>) => Input;
  /** Business key: a second message with the same one starts nothing. @default the message's id */
  readonly key?: (payload: NoInfer<Payload>) => string | number;
}

/** Starts a saga by the clock. */
export interface Schedule<Input> {
  /** Minute, hour, day of month, month, day of week: `"0 6 * * MON-FRI"`. */
  readonly cron: string;
  /**
   * Whose clocks the expression means: a name of the IANA database, as `"Europe/Berlin"`. A tick in an hour that they pass
   * over happens when they do, one in an hour that they show twice the first time. Where the hour is `*`, ticks follow
   * the time that passes: none in the one, all of both in the other.
   * @default "UTC"
   */
  readonly timeZone?: string;
  readonly input: (tick: Date) => Input;
  /** What becomes of a tick while the saga of an earlier one is under way. @default "skip" */
  readonly overlap?: "skip" | "start";
  /**
   * The latest tick that was missed while no worker ran is made up for when it is not older. None is that was due before
   * the schedule was deployed for the first time: one of the hundred ticks before it must have started a saga.
   * @default "1h"
   */
  readonly catchUp?: Duration | number;
}

/** Answers a request with what has become of the saga that it started. */
export interface AnswerOptions<Input, Results, Payload, Reply, F extends Failures, Failed = FailureOf<F> | undefined> {
  readonly call: Request<Payload, Reply, F>;
  readonly input: (payload: NoInfer<Payload>) => Input;
  /** Business key: a request with the same one is about the same saga. @default the message's id */
  readonly key?: (payload: NoInfer<Payload>) => string | number;
  /** What a saga that was completed answers: from its results, and the `input` that it was started with. */
  readonly reply: (results: Results & { readonly input: Input }) => Literal<Reply>;
  /**
   * What one answers that was compensated or cancelled, and why.
   * @default a failure that the contract does not know of, with code and message of what failed
   */
  readonly failure?: (status: "compensated" | "cancelled", why: Failure) => Failed;
}

/** The same, with the types of the builder worn off. */
export interface SagaAnswer {
  readonly call: AnyRequest;
  readonly input: (payload: unknown) => unknown;
  readonly key?: (payload: unknown) => string | number;
  readonly reply: (results: StepScope) => unknown;
  readonly failure?: (
    status: SagaStatus,
    why: Failure,
  ) => { readonly name: string; readonly payload: unknown } | undefined;
}

/** The same, with the types of the builder worn off. */
export interface SagaStart {
  /** The messages that start it, each by its operation. */
  readonly on?: readonly {
    readonly message: AnySend;
    readonly input: (payload: Json) => unknown;
    readonly key?: (payload: Json) => string | number;
  }[];
  readonly schedule?: Schedule<unknown>;
  readonly answer?: SagaAnswer;
}
