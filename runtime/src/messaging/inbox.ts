import type { Json } from "../codegen.js";

/** A request that wants to be executed. */
export interface Claim {
  readonly messageId: string;
  /** Operation id. With `key` it identifies the work, whatever the message id. */
  readonly operation: string;
  /** Idempotency key; the message id where the contract names none. */
  readonly key: string;
  /**
   * SHA-256 of the payload: another one under the same key is a mistake of the caller.
   * Empty where the key is the message id, which stands for its payload already.
   */
  readonly fingerprint: string;
  /** Message id of the command that this one undoes. Such a claim is recognised by its own message id only. */
  readonly undoes?: string;
}

/** The key under which messages with other ids find the same work: an undo, and what only has its message id, has none. */
export function workKey({ key, fingerprint, undoes }: Claim): string | null {
  return undoes === undefined && fingerprint !== "" ? key : null;
}

/** The answer to a request, kept so that duplicates get the same one. */
export interface RecordedReply {
  /** What it answers and with which message, as `<operation id>/<message name>`; empty when there is nothing to send. */
  readonly name: string;
  readonly payload: Json;
  /** Where to send it, and under which correlation id, unless a duplicate asks for it elsewhere. */
  readonly replyTo?: string;
  readonly correlationId?: string;
}

/** What became of a claim. */
export type Claimed =
  /** Execute it, and `finish` with this token before the lease ends. */
  | { readonly state: "claimed"; readonly token: string }
  /** Somebody executes it, or the command it undoes: come back after `retryInMs`. */
  | { readonly state: "executing"; readonly retryInMs: number }
  | { readonly state: "done"; readonly reply: RecordedReply }
  /** Its undo came first: never execute it. */
  | { readonly state: "undone" }
  /** The key was used with another payload, or the message id for another operation. */
  | { readonly state: "mismatch" }
  /** It cannot be recorded, for its id or its key, or the answer that was recorded cannot be read. */
  | { readonly state: "refused"; readonly reason: string };

/** The end of an execution: an outcome to record, or nothing, which frees the claim for another try. */
export interface Finish {
  readonly token: string;
  readonly reply?: RecordedReply;
}

/**
 * Whether an execution counts. `undone`: an undo came in between; `lost`: its lease had lapsed and another execution has
 * the claim. Neither must have an effect.
 */
export type Finished = "done" | "undone" | "lost";

/**
 * What a participant remembers, so that a command takes effect once and never after its own undo.
 *
 * A row is `executing` (leased), `done` (with the reply) or `undone`. Command and undo contend for the row of the
 * command's message id: an undo that comes first leaves it `undone`; one that meets `executing` waits; one that meets
 * `done` executes, and makes the row `undone` and its key free when it finishes.
 * Implementations share one conformance suite.
 */
export interface Inbox {
  /** One verdict a claim, in order. A lapsed lease counts as not executing. */
  claim(batch: readonly Claim[], leaseMs: number): Promise<readonly Claimed[]>;
  /** Records outcomes. `tx` joins a transaction that the caller has begun, where there is a database. */
  finish(batch: readonly Finish[], tx?: unknown): Promise<readonly Finished[]>;
  /**
   * Runs `work` once, in a transaction of the inbox's database, and records the reply that it answers in the same one.
   * What `work` throws rolls back and rejects; a verdict other than `done` rolls back too. Absent without a database.
   */
  transact?(token: string, work: (tx: unknown) => RecordedReply | Promise<RecordedReply>): Promise<Finished>;
  /** Prolongs leases, counted from now. A token that has finished, or whose claim somebody else holds, is left alone. */
  renew(tokens: readonly string[], leaseMs: number): Promise<void>;
  /** Recorded replies to these operations whose sending was never confirmed, older than `olderThanMs`, oldest first. */
  unsent(
    operations: readonly string[],
    olderThanMs: number,
    limit: number,
  ): Promise<readonly { readonly token: string; readonly reply: RecordedReply }[]>;
  /** Marks replies as sent. */
  sent(tokens: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** What people ask of an inbox that outlives its process. */
export interface InboxAdmin {
  /**
   * Forgets at most `limit` rows that have not changed since, and answers how many. Whoever serves must not execute
   * messages older than that: see the `retention` of `serve`.
   */
  purge(unchangedSince: number, limit: number): Promise<number>;
}
