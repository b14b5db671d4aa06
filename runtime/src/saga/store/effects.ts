/** What goes into a decision and what comes out of it: plain data, so that it can be stored, simulated and drawn. */
import type { Json } from "../../codegen.js";
import type { Message } from "../../messaging/transport.js";
import type { Failure } from "../../wire/failure.js";
import type { Caller } from "../../wire/reply-writer.js";
import type { DefinitionRef, SagaStatus } from "./saga-store.js";

/** Something that happened. `at` is the store's clock. */
export type Event = { readonly at: number } & (
  | {
      readonly type: "start";
      /** Headers of the trace that the saga belongs to. */
      readonly trace?: { readonly [name: string]: Json };
      readonly id: string;
      readonly key?: string;
      readonly input: Json;
      readonly parent?: string;
      readonly caller?: Caller;
    }
  | {
      readonly type: "outcome";
      readonly of: string;
      readonly attempt: number;
      readonly ok: Json;
      readonly messageId?: string;
    }
  | {
      readonly type: "outcome";
      readonly of: string;
      readonly attempt: number;
      readonly failure: Failure;
      readonly messageId?: string;
    }
  /** The command arrived nowhere: the broker has no queue for it, or refused it for that reason. */
  | { readonly type: "undeliverable"; readonly of: string; readonly attempt: number; readonly refused?: string }
  /**
   * Whoever carried the effect has forgotten it: a lapsed lease, a restarted transport that is not durable. With
   * `begun: false` nobody has carried it yet: the attempt and its time begin now.
   */
  | { readonly type: "lost"; readonly of: string; readonly attempt: number; readonly begun?: false }
  /** Level-triggered: everything due at `at`. While `deaf`, replies may be waiting unheard: their timeouts hold. */
  | { readonly type: "wake"; readonly deaf?: boolean }
  /** The child saga of an open step waits for somebody to look at it. */
  | { readonly type: "attention"; readonly of: string }
  /** A request that had started this saga has come once more: answer it now or later. */
  | { readonly type: "asked"; readonly caller: Caller }
  /** The parent of this saga turns back; `of` names what it waits for. */
  | { readonly type: "undo"; readonly of: string }
  | {
      readonly type: "message";
      /** When it was stored: a saga takes nothing that was told before it began. */
      readonly storedAt: number;
      readonly id: string;
      readonly channel: string;
      readonly key: string;
      readonly name: string;
      readonly payload: Json;
    }
  | (OperatorAct & {
      readonly type: "operate";
      /** Of the act: it is carried out once, however often it is decided. */
      readonly id?: string;
    })
);

/** What a person does to a saga, who it is, and why. */
export interface OperatorAct {
  readonly action: OperatorAction;
  /** Path of the step that is meant. */
  readonly step?: string;
  /** What a skipped step is to have given; for `patch` the new results by step, and the new `input`. */
  readonly data?: Json;
  /** The last line of the history that was seen: refused when the saga has moved on since. */
  readonly expectedSeq?: number;
  readonly by: string;
  readonly why: string;
}

/**
 * What people may do to a saga.
 * - `cancel`: undo what has been done, and end as `cancelled`; an open command is awaited, so is an open pivot
 * - `cancel-without-compensation`: give up what is open, leave everything as it is, and end as `cancelled`
 * - `compensate`: as `cancel`, but end as `compensated`
 * - `pause`, `resume`: what happens is recorded, but nothing is started and nothing times out
 * - `retry`: a new round of a step, or of a compensation, that has failed; at once where the next attempt is waited for.
 *   Without a step, everything that has failed
 * - `skip`: go on as if the step had given `data`
 * - `mark-done`: go on as if the step's compensation had succeeded
 * - `patch`: put other results, by step, or another `input` in the place of what is known
 */
export type OperatorAction =
  | "cancel"
  | "cancel-without-compensation"
  | "compensate"
  | "pause"
  | "resume"
  | "retry"
  | "skip"
  | "mark-done"
  | "patch";

/**
 * Something to do. `id` is the message id `<instance>/<step path>/<do|undo>/<round>`; with the attempt it names the
 * durable row: `<id>#<attempt>`, which is also the correlation id of a command.
 */
export type Effect = {
  readonly id: string;
  readonly attempt: number;
  /** Committed by a process that carries nothing out: the attempt, and its time, begin when a worker takes it. */
  readonly handedOver?: true;
} & (
  | {
      readonly type: "send";
      readonly operation: string;
      readonly payload: Json;
      /** Where it goes, for a channel whose document leaves that open. */
      readonly address?: string;
      /** Values of address parameters. */
      readonly parameters?: { readonly [name: string]: string };
      readonly headers?: { readonly [name: string]: Json };
      readonly correlationId?: string;
      readonly expiresAt?: number;
      readonly undoes?: string;
    }
  | {
      readonly type: "run";
      readonly step: string;
      readonly leaseUntil: number;
      readonly transactional: boolean;
    }
  /** Starts a saga for a step of this one. */
  | { readonly type: "child"; readonly saga: DefinitionRef; readonly sagaId: string; readonly input: Json }
  /** Has that saga undone, whether it has started or not. */
  | { readonly type: "undo-child"; readonly saga: DefinitionRef; readonly sagaId: string; readonly input: Json }
  /** Tells the parent how this saga stands: `to` names what the parent waits for. */
  | { readonly type: "report"; readonly to: string; readonly status: SagaStatus; readonly results: Json }
  /** A reply that came to a worker without this saga's definition: for one that has it. */
  | { readonly type: "reply"; readonly message: Omit<Message, "body"> & { /** Base64. */ readonly body: string } }
  /** Answers whoever asked for this saga. */
  | {
      readonly type: "answer";
      readonly caller: Caller;
      readonly status: SagaStatus;
      readonly results: Json;
      /** Why it turned back, where it did. */
      readonly failure?: Failure;
    }
);
