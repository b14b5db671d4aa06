/** What starts a saga beside code: a message, or the clock. */
import type { Duration, Json, Send } from "../codegen.js";
import type { AnySend } from "../wire/operations.js";

/** Starts a saga with each message of an event contract. */
export interface StartOn<Input, Payload> {
  readonly message: Send<Payload>;
  readonly input: (payload: NoInfer<Payload>) => Input;
  /** Business key: a second message with the same one starts nothing. @default the message's id */
  readonly key?: (payload: NoInfer<Payload>) => string | number;
}

/** Starts a saga by the clock. */
export interface Schedule<Input> {
  /** Minute, hour, day of month, month, day of week, in UTC: `"0 6 * * MON-FRI"`. */
  readonly cron: string;
  readonly input: (tick: Date) => Input;
  /** What becomes of a tick while the saga of an earlier one is under way. @default "skip" */
  readonly overlap?: "skip" | "start";
  /** The latest tick that was missed while no worker ran is made up for when it is not older. @default "1h" */
  readonly catchUp?: Duration | number;
}

/** The same, with the types of the builder worn off. */
export interface SagaStart {
  readonly on?: {
    readonly message: AnySend;
    readonly input: (payload: Json) => unknown;
    readonly key?: (payload: Json) => string | number;
  };
  readonly schedule?: Schedule<unknown>;
}
