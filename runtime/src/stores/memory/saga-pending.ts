import {
  type DefinitionRef,
  type EventRow,
  longestOffer,
  type SagaRow,
  type SagaStore,
} from "../../saga/store/saga-store.js";
import type { SagaTables } from "./saga-tables.js";

type Pending = Awaited<ReturnType<SagaStore["pending"]>>;

interface Sweep {
  readonly mine: readonly DefinitionRef[];
  readonly limit: number;
  readonly olderThanMs: number;
  readonly now: number;
}

/** What a sweep finds, and takes. */
export function pendingIn(tables: SagaTables, sweep: Sweep): Pending {
  const definitions = new Set(sweep.mine.map(nameOf));
  const isMine = (id: string) => {
    const row = tables.sagas.get(id)?.row;
    return row !== undefined && definitions.has(nameOf(row));
  };
  const isActive = (id: string) => isMine(id) && tables.sagas.get(id)?.row.paused === false;

  const due = [...tables.waiting]
    .flatMap((id) => tables.sagas.get(id)?.row ?? [])
    .filter(({ id, dueAt }) => Number(dueAt) <= sweep.now && isActive(id))
    .sort((one, other) => Number(one.dueAt) - Number(other.dueAt))
    .slice(0, sweep.limit);
  return {
    now: sweep.now,
    due: due.map(({ id }) => tables.read(id)).filter((row): row is SagaRow => row !== undefined),
    unsent: takeUnsent(tables, sweep, isActive),
    events: offerEvents(tables, sweep, isMine),
  };
}

function takeUnsent(tables: SagaTables, sweep: Sweep, isActive: (id: string) => boolean): Pending["unsent"] {
  const taken: { key: string; sagaId: string }[] = [];
  for (const [key, open] of tables.effects) {
    if (open.touchedAt > sweep.now - sweep.olderThanMs || taken.length === sweep.limit) break;
    if (open.leaseUntil <= sweep.now && isActive(open.sagaId)) taken.push({ key, sagaId: open.sagaId });
  }
  return taken.flatMap(({ key, sagaId }) => {
    const open = tables.effects.get(key);
    if (!open) return [];
    tables.touch(key, open, sweep.now);
    return { sagaId, effect: open.effect };
  });
}

function offerEvents(tables: SagaTables, sweep: Sweep, isMine: (id: string) => boolean): EventRow[] {
  const wanted: { at: string; event: EventRow; offeredAt: number }[] = [];
  for (const [at, stored] of tables.events) {
    const asked = [...(tables.keys.get(at) ?? [])].filter(([id]) => isMine(id)).map(([, registeredAt]) => registeredAt);
    for (const { event, offeredAt } of stored.values()) {
      if (asked.some((since) => isWanted(event, offeredAt, since, sweep))) wanted.push({ at, event, offeredAt });
    }
  }
  const offered = wanted.sort((a, b) => a.offeredAt - b.offeredAt || a.event.at - b.event.at).slice(0, sweep.limit);
  for (const { at, event } of offered) tables.events.get(at)?.set(event.id, { event, offeredAt: sweep.now });
  return offered.map(({ event }) => event).sort((a, b) => a.at - b.at);
}

/** A saga that asks later than the event was offered has not seen it; others hear of it again, ever more rarely. */
function isWanted(event: EventRow, offeredAt: number, askedAt: number, { now, olderThanMs }: Sweep): boolean {
  if (offeredAt <= askedAt) return true;
  const known = offeredAt - Math.max(event.at, askedAt);
  return now >= offeredAt + Math.max(olderThanMs, Math.min(known, olderThanMs * longestOffer));
}

function nameOf({ type, version, hash }: DefinitionRef): string {
  return JSON.stringify([type, version, hash]);
}
