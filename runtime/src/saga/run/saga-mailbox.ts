import type { Ignored } from "../decide/decide.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Event } from "../store/effects.js";
import type { Instance } from "../store/instance.js";
import type { HistoryRow, SagaRow } from "../store/saga-store.js";

/** What has become of an item: applied, or why not. `unowned`: another worker has its definition. */
export type Settled = "applied" | Ignored | "unknown-saga" | "unowned" | "conflict" | "abandoned" | Error;

/** Something for one saga, waiting to be decided. */
export interface MailboxEntry {
  /** The event, as this saga understands it. Called again when the saga has to be read anew. */
  event(definition: SagaDefinition, instance: Instance | undefined): Event;
  /** Called once; for an item that was applied with what its transition has written into the history. */
  settled(how: Settled, written?: readonly HistoryRow[]): void;
  /** Whether "changes nothing" has to be judged on a row read after the item came. */
  readonly needsFreshRow: boolean;
  /** Set for an item that begins its saga. */
  readonly starts?: SagaDefinition;
}

/** A saga as this worker knows it, with what waits for it. In at most one batch at a time. */
export interface SagaMailbox {
  readonly id: string;
  readonly items: { readonly item: MailboxEntry; readonly arrived: number }[];
  /** Work that needs the saga for itself, between batches. */
  readonly exclusive: (() => Promise<void>)[];
  state: "idle" | "ready" | "busy" | "resting";
  row?: SagaRow | undefined;
  /** When `row` was read or written, in arrivals. 0: never. */
  readAt: number;
  /** So many of the items in front are decided one by one: the store has refused what came of them together. */
  single: number;
  /** Conflicts in a row: somebody else has the saga in hand. */
  conflicts: number;
}

export function createMailbox(id: string): SagaMailbox {
  return { id, items: [], exclusive: [], state: "idle", readAt: 0, single: 0, conflicts: 0 };
}
