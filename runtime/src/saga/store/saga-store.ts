/**
 * What a store keeps of sagas, and the interface that a store implements.
 * A row is a saga with the ids of the messages that it has taken: a transition is applied by compare-and-swap on `revision`.
 */
import type { Json } from "../../codegen.js";
import type { Effect } from "./effects.js";

export type SagaStatus = "running" | "compensating" | "completed" | "compensated" | "needs-attention" | "cancelled";

/** Whether a saga has come to an end of its own; one that needs attention has not. */
export function isFinished(status: SagaStatus): boolean {
  return status === "completed" || status === "compensated" || status === "cancelled";
}

/** The sagas to which something still happens, or may. */
export const statusesUnderWay: readonly SagaStatus[] = ["running", "compensating", "needs-attention"];

/** One version of a saga definition. `hash` is of its structure: steps, kinds, operations. */
export interface DefinitionRef {
  readonly type: string;
  readonly version: number;
  readonly hash: string;
}

/** A saga at rest. */
export interface SagaRow extends DefinitionRef {
  /** UUIDv7, made at start. */
  readonly id: string;
  /** Business key: at most one saga of a type has it. */
  readonly key?: string;
  readonly parent?: string;
  readonly status: SagaStatus;
  /** Effects and timers are withheld; events are recorded. */
  readonly paused: boolean;
  /** Names of the steps that are open, never an index. */
  readonly cursor: readonly string[];
  /** Counts transitions: the compare-and-swap. 1 after the first. */
  readonly revision: number;
  /** The instance as `decide` sees it: at most 1 MB of JSON. Null once only the tombstone of a finished saga is left. */
  readonly state: Json;
  /** Why the state, which is null then, cannot be read. No worker takes the saga up until it can. */
  readonly unreadable?: string;
  /** When something is due next, by the store's clock. */
  readonly dueAt?: number;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** New with each transition: recognises a commit whose answer was lost. */
  readonly token: string;
}

/** One line of a saga's append-only history. */
export interface HistoryRow {
  /** 1, 2, 3, ... within the saga. */
  readonly seq: number;
  readonly at: number;
  /** What happened: one of a closed set in kebab-case, e.g. `step-started`, `step-succeeded`, `late-reply`, `ended`. */
  readonly kind: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly messageId?: string;
  readonly data?: Json;
}

/** An event that waits for a saga that asks for it. */
export interface EventRow {
  readonly channel: string;
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly payload: Json;
  readonly at: number;
}

/**
 * An event whose saga has not gone by it is offered again after `olderThanMs`, then ever more rarely: its saga may have
 * taken it, or wait for another one. No more rarely than after so many times `olderThanMs`.
 */
export const longestOffer = 200;

/**
 * How long an event that no saga asks for is kept, in ms: a saga that starts within that time, or that asks for it then,
 * takes it.
 */
export const earlyMs = 600_000;

/** A correlation key that a saga registers (`on`) or gives up. */
export interface KeyChange {
  readonly channel: string;
  readonly key: string;
  readonly on: boolean;
}

/** One transition: everything that becomes true together. */
export interface Commit {
  readonly row: SagaRow;
  /** The revision this transition was decided on; 0 inserts. */
  readonly expected: number;
  readonly records: readonly HistoryRow[];
  /** Effects to carry out: durable until closed. */
  readonly open: readonly Effect[];
  /** Ids of effects (`<id>#<attempt>`, see {@link Effect}) that need no carrying out any more. */
  readonly closed: readonly string[];
  readonly keys: readonly KeyChange[];
}

/** What a commit carries along: it belongs to no transition, and may come with an empty batch. */
export interface CommitExtras {
  /** Keys of effects that have been carried out: their rows go. */
  readonly confirmed?: readonly string[];
  /** Events to keep for sagas that wait for them, now or later. */
  readonly events?: readonly EventRow[];
  /** Effects of sagas that only a worker with their definition can carry out: the next `pending` of one has them. */
  readonly left?: readonly { readonly sagaId: string; readonly effect: Effect }[];
  /**
   * Sagas of the batch, or of one before, for which other processes have something to do, with the keys of the effects
   * that are left to them: those count as never taken, and whoever listens is told. So is whoever can take what is `left`.
   */
  readonly handOver?: readonly { readonly sagaId: string; readonly keys: readonly string[] }[];
  /** Keys of runs that are still being executed, and until when nobody else may start them. */
  readonly leases?: { readonly effects: readonly string[]; readonly until: number };
}

/**
 * Where sagas live. Implementations share one conformance suite.
 * `load` by `{ type, businessKey }` finds the saga of a business key.
 */
export interface SagaStore {
  /** Names the queues of whoever works on this store, so that two stores on one broker never mix. */
  readonly name: string;
  /**
   * How many `transact` the store carries out at a time; more wait. The connections that are left are for commits and
   * leases; of a pool of one there are none left. Absent: no bound.
   */
  readonly maxTransactions?: number;
  /** How many statements the store has carried out at a time; more wait. Absent: no bound. */
  readonly maxConnections?: number;
  /** How long those queues outlast the last worker, where the name was made up for this store; absent: for ever. */
  readonly queuesExpireMs?: number;
  load(
    refs: readonly (
      | { readonly id: string }
      | { readonly channel: string; readonly key: string }
      | { readonly type: string; readonly businessKey: string }
    )[],
  ): Promise<readonly (readonly SagaRow[])[]>;
  /**
   * Commits transitions of different sagas together; one verdict each. An effect opened again replaces its row.
   * @throws SagaspecError `invalid-message` when it refuses what came with a message, `events` or `left`, for what it is
   */
  commit(batch: readonly Commit[], also?: CommitExtras): Promise<readonly ("done" | "conflict" | Error)[]>;
  /**
   * A transition and the work it depends on in one transaction of its own: first the swap, which locks the saga and
   * fences everyone else, then `work`, then the commit that `work` returns. What `work` throws rolls everything back
   * and rejects. A store with one shared connection (SQLite) refuses a promise from `work`.
   */
  transact(
    lock: { readonly id: string; readonly expected: number },
    work: (tx: unknown) => Commit | Promise<Commit>,
  ): Promise<"done" | "conflict">;
  /**
   * Commits the beginning of a saga in a transaction that the caller has begun, and hands the effects with these keys over
   * to workers once that commits. False where its id or key is taken. Synchronous where the database is. Absent without one.
   * @throws SagaspecError `invalid-usage` for what is no connection of this database
   */
  begin?(tx: unknown, commit: Commit, keys: readonly string[]): boolean | Promise<boolean>;
  /**
   * What is due, what was left undone, and the store's clock. `unsent` are open effects that nobody has taken, confirmed
   * or renewed for `olderThanMs` (0 = all), runs only once their lease has lapsed; taking them counts as touching them.
   * `events` are those that a saga asks for: at once, after `olderThanMs`, then ever more rarely, as it may have had them.
   */
  pending(
    mine: readonly DefinitionRef[],
    limit: number,
    olderThanMs: number,
  ): Promise<{
    readonly now: number;
    readonly due: readonly SagaRow[];
    readonly unsent: readonly { readonly sagaId: string; readonly effect: Effect }[];
    readonly events: readonly EventRow[];
  }>;
  /** The events stored under these keys, oldest first. */
  events(keys: readonly { readonly channel: string; readonly key: string }[]): Promise<readonly EventRow[]>;
  /**
   * Calls `heard` with the ids of sagas that others hand over, as soon as that is committed. It is a hint: it may be
   * missed, or come twice, and there may be no ids in it. Absent: a sweep finds them, seconds later. `problem` hears why
   * nothing can be heard for now. Returns what ends it; never throws.
   */
  listen?(heard: (sagaIds: readonly string[]) => void, problem: (error: unknown) => void): () => Promise<void>;
  /**
   * How many sagas of these versions are under way, by the definition that they began with: a worker says at its start
   * what it cannot carry on. Absent: it says so of each when something happens to it.
   */
  underWay?(
    versions: readonly { readonly type: string; readonly version: number }[],
  ): Promise<readonly (DefinitionRef & { readonly count: number })[]>;
  close(): Promise<void>;
}

/** What people ask of a store: kept apart from what the runner needs. */
export interface SagaAdmin {
  get(id: string): Promise<SagaRow | undefined>;
  /** The sagas that match, by the time of their start, the youngest first. `next` is present where there are more. */
  list(filter: SagaFilter): Promise<{ readonly sagas: readonly SagaRow[]; readonly next?: string }>;
  /** In the order of `seq`. */
  history(id: string): Promise<readonly HistoryRow[]>;
  /**
   * Leaves of at most `limit` sagas that finished in that time a tombstone: their `state` becomes null, their history
   * stays. `before` is exclusive. A child stays whole as long as its parent does, which may still want it undone, and
   * shrinks with it. Answers how many have shrunk, children included; those that had already do not count.
   */
  shrink(finished: { readonly after: number; readonly before: number }, limit: number): Promise<number>;
  /**
   * Deletes at most `limit` sagas that finished before, with everything that belongs to them and their children. A child
   * stays as long as its parent is there. Answers how many are gone, children included.
   */
  purge(finishedBefore: number, limit: number): Promise<number>;
  /**
   * Drops events that no saga asks for: those stored before, and the oldest of a channel that has more than
   * `keepPerChannel`. Answers how many.
   */
  dropEvents(storedBefore: number, keepPerChannel: number): Promise<number>;
}

export interface SagaFilter {
  readonly type?: string;
  readonly status?: SagaStatus;
  /** Has this step open. */
  readonly step?: string;
  readonly key?: string;
  /** Is a child of this saga. */
  readonly parent?: string;
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** By the time of their start. @default "newest", which comes first */
  readonly order?: "newest" | "oldest";
  /** @default 100 */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}
