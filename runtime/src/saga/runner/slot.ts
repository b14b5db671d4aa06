import type { Ignored } from "../decide/decide.js";
import type { SagaDefinition } from "../definition.js";
import type { Event } from "../effects.js";
import type { Instance } from "../instance.js";
import type { HistoryRow, SagaRow } from "../store.js";

/** What has become of an item: applied, or why not. `unowned`: another worker has its definition. */
export type Settled = "applied" | Ignored | "unknown-saga" | "unowned" | "conflict" | "abandoned" | Error;

/** Something for one saga, waiting to be decided. */
export interface Item {
  /** The event, as this saga understands it. Called again when the saga has to be read anew. */
  event(definition: SagaDefinition, instance: Instance | undefined): Event;
  /** Called once; for an item that was applied with what its transition has written into the history. */
  settled(how: Settled, written?: readonly HistoryRow[]): void;
  /** Whether "changes nothing" has to be judged on a row read after the item came. */
  readonly careful: boolean;
  /** Set for an item that begins its saga. */
  readonly starts?: SagaDefinition;
}

/** A saga as this worker knows it, with what waits for it. In at most one batch at a time. */
export interface Slot {
  readonly id: string;
  readonly items: { readonly item: Item; readonly arrived: number }[];
  /** Work that needs the saga for itself, between batches. */
  readonly alone: (() => Promise<void>)[];
  state: "idle" | "ready" | "busy" | "resting";
  row?: SagaRow | undefined;
  /** When `row` was read or written, in arrivals. 0: never. */
  readAt: number;
  /** Conflicts in a row: somebody else has the saga in hand. */
  conflicts: number;
}

export function newSlot(id: string): Slot {
  return { id, items: [], alone: [], state: "idle", readAt: 0, conflicts: 0 };
}
