import type { HistoryRow, SagaAdmin, SagaRow } from "../../saga/store/saga-store.js";
import { parseJsonText } from "../../saga/store/stored-json.js";
import type { SagaTables } from "./saga-tables.js";

/** The questions people ask of a memory store. */
export function createMemorySagaAdmin(tables: SagaTables): SagaAdmin {
  return {
    async get(id) {
      return tables.read(id);
    },

    async list({ type, status, step, key, parent, startedAfter, startedBefore, order, limit = 100, after }) {
      const sign = order === "oldest" ? -1 : 1;
      const isBefore = (one: Place, other: Place) =>
        sign * (one.startedAt - other.startedAt || (one.id < other.id ? -1 : 1)) > 0;
      const end = after === undefined ? undefined : placeOf(after);
      const matching = [...tables.sagas.values()]
        .map((stored) => stored.row)
        .filter(
          (row) =>
            (type === undefined || row.type === type) &&
            (status === undefined || row.status === status) &&
            (step === undefined || row.cursor.includes(step)) &&
            (key === undefined || row.key === key) &&
            (parent === undefined || row.parent === parent) &&
            (startedAfter === undefined || row.startedAt >= startedAfter) &&
            (startedBefore === undefined || row.startedAt < startedBefore) &&
            (end === undefined || (row.id !== end.id && isBefore(end, row))),
        )
        .sort((a, b) => (isBefore(a, b) ? -1 : 1));
      const page = matching.slice(0, limit);
      const last = page.at(-1);
      return {
        sagas: page.map(({ id }) => tables.read(id)).filter((row): row is SagaRow => row !== undefined),
        ...(last && matching.length > limit ? { next: `${last.startedAt}.${last.id}` } : {}),
      };
    },

    async history(id) {
      return (tables.sagas.get(id)?.history ?? []).flatMap((lines) => parseJsonText(lines) as unknown as HistoryRow[]);
    },

    async shrink({ after, before }, limit) {
      const familyOf = families(tables, before);
      const old = [...tables.finished].filter((id) => {
        const { row: { updatedAt = before } = {}, state = "null" } = tables.sagas.get(id) ?? {};
        const isHeld = (tables.parentOf(id)?.state ?? "null") !== "null";
        return updatedAt >= after && updatedAt < before && state !== "null" && !isHeld;
      });
      return old
        .slice(0, limit)
        .flatMap(familyOf)
        .filter((id) => tables.shrink(id)).length;
    },

    async purge(finishedBefore, limit) {
      const isOld = (id: string) => (tables.sagas.get(id)?.row.updatedAt ?? finishedBefore) < finishedBefore;
      const old = [...tables.finished].filter((id) => isOld(id) && !tables.parentOf(id)).slice(0, limit);
      const gone = new Set(old.flatMap(families(tables, finishedBefore)));
      tables.forget(gone);
      return gone.size;
    },

    async dropEvents(storedBefore, keepPerChannel) {
      let dropped = 0;
      const early = new Map<string, { at: string; id: string; storedAt: number }[]>();
      for (const [at, stored] of tables.events) {
        if (tables.keys.has(at)) continue;
        for (const { event } of stored.values()) {
          const channel = early.get(event.channel) ?? [];
          channel.push({ at, id: event.id, storedAt: event.at });
          early.set(event.channel, channel);
        }
      }
      for (const events of early.values()) {
        events.sort((a, b) => b.storedAt - a.storedAt);
        for (const [index, { at, id, storedAt }] of events.entries()) {
          if (index < keepPerChannel && storedAt >= storedBefore) continue;
          const stored = tables.events.get(at);
          stored?.delete(id);
          if (stored?.size === 0) tables.events.delete(at);
          dropped += 1;
        }
      }
      return dropped;
    },
  };
}

/** Gives a saga with those of its children that finished before, and theirs. */
function families(tables: SagaTables, before: number): (id: string) => readonly string[] {
  const children = new Map<string, string[]>();
  for (const id of tables.finished) {
    const { parent, updatedAt = before } = tables.sagas.get(id)?.row ?? {};
    if (parent === undefined || updatedAt >= before) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(id);
    else children.set(parent, [id]);
  }
  const familyOf = (id: string): readonly string[] => [id, ...(children.get(id) ?? []).flatMap(familyOf)];
  return familyOf;
}

/** Where a saga stands among others. */
type Place = Pick<SagaRow, "startedAt" | "id">;

/** Where the page before ended. */
function placeOf(next: string): Place {
  const dot = next.indexOf(".");
  return { startedAt: Number(next.slice(0, dot)), id: next.slice(dot + 1) };
}
