/**
 * The service summary of a saga: for each step the calls that were made, what was answered, and what came in later.
 * JSON, with times in ISO 8601.
 */
import type { Json } from "../codegen.js";
import type { OperatorAction } from "../saga/store/effects.js";
import type { SagaHead } from "./head.js";

/** A saga as people read it. */
export interface SagaSummary extends SagaHead {
  /** When it came to rest. */
  readonly endedAt?: string;
  readonly input: Json;
  /** Number of its last history line: what `expectedSeq` of an act is compared with. */
  readonly seq: number;
  /** Why it turned back or stopped. */
  readonly failure?: { readonly step?: string; readonly code: string; readonly message: string };
  /** Steps whose compensation has failed. */
  readonly unresolved: readonly string[];
  /** In the order of the definition; where it is not registered, in the order in which they started. */
  readonly steps: readonly StepSummary[];
  /** In the order of the definition; none where it is not registered. */
  readonly phases: readonly PhaseSummary[];
  /** Acts of operators, refused or not. */
  readonly acts: readonly ActSummary[];
  readonly children: readonly SagaSummary[];
}

/** A step by its name. One that runs for each item of a list has several instances. */
export interface StepSummary {
  readonly name: string;
  /** What it calls or sends. Absent for functions, and where the definition is not registered. */
  readonly operation?: string;
  /** The service that the operation is of. */
  readonly service?: string;
  readonly instances: readonly StepInstanceSummary[];
}

/** Steps under a name, rolled up. */
export interface PhaseSummary {
  readonly name: string;
  /**
   * Of its steps: `open` while one is under way or still to come after another; what most needs somebody's eye first, so
   * that `compensation-failed` stands before `compensating`, `failed` and `unknown` before `open`.
   */
  readonly status: StepInstanceSummary["status"];
  /** When its first step started. */
  readonly startedAt?: string;
  /** When its last step ended, once none is under way or to come. */
  readonly endedAt?: string;
  /** Paths of its steps. */
  readonly steps: readonly string[];
}

/** A step as it ran. */
export interface StepInstanceSummary {
  readonly path: string;
  /** Counts from 0. */
  readonly index: number;
  /** `skipped`, too, for a step on a way that was not taken, and for one that is not come to any more. */
  readonly status:
    | "pending"
    | "open"
    | "waiting"
    | "succeeded"
    | "failed"
    | "unknown"
    | "skipped"
    | "compensating"
    | "compensated"
    | "compensation-failed";
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** The payload that was sent. */
  readonly request?: Json;
  /** The success reply. */
  readonly reply?: Json;
  /** What later steps see, where it is not the reply: `onReply` made it, or a person gave it. Forgotten with the state. */
  readonly result?: Json;
  readonly failure?: { readonly code: string; readonly message: string };
  /** The saga that the step has started; what has become of it stands among `children`. */
  readonly child?: { readonly id: string; readonly type: string; readonly key?: string };
  readonly attempts: readonly AttemptSummary[];
  /** What came in beside the answer. */
  readonly updates: readonly UpdateSummary[];
  readonly compensation?: CompensationSummary;
}

/** One call. */
export interface AttemptSummary {
  /** Its own, and the correlation id of the command: `<message id>#<attempt>`. */
  readonly id: string;
  /** Counts from 1 within a round: the same message, sent again. */
  readonly attempt: number;
  readonly messageId: string;
  readonly sentAt: string;
  readonly endedAt?: string;
  /** Message id of the answer. */
  readonly replyId?: string;
  /** `abandoned`: the step was passed over, or given up, before an answer came. */
  readonly outcome: "open" | "succeeded" | "failed" | "abandoned";
  /** Name of the failure. */
  readonly code?: string;
  /** What the failure says. */
  readonly message?: string;
}

/**
 * A message that came late; an answer that did not end a poll; or, for a step that waits for messages, one that came early
 * or is not the one that ends it: what a long call reports of its progress.
 */
export interface UpdateSummary {
  readonly messageId?: string;
  readonly receivedAt: string;
  readonly status: "succeeded" | "failed" | "undeliverable" | "received";
  readonly payload?: Json;
  /** How many of them came in all, since `firstAt`, where not each is listed: from the eleventh on. */
  readonly count?: number;
  readonly firstAt?: string;
  /** Of a failure. */
  readonly code?: string;
  readonly message?: string;
}

/** How a step was undone. */
export interface CompensationSummary {
  readonly operation?: string;
  readonly status: "open" | "succeeded" | "failed";
  readonly request?: Json;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly attempts: readonly AttemptSummary[];
}

/** An act of an operator. */
export interface ActSummary {
  readonly at: string;
  readonly action: OperatorAction;
  readonly step?: string;
  readonly by: string;
  readonly why: string;
  readonly refused?: string;
}
