import type { Effect } from "../../saga/store/effects.js";
import { effectKey } from "../../saga/store/ids.js";
import {
  type Commit,
  type CommitExtras,
  type EventRow,
  isFinished,
  type SagaRow,
} from "../../saga/store/saga-store.js";
import { jsonText, parseJsonText, stateText } from "../../saga/store/stored-json.js";

interface StoredSaga {
  /** Without its state. */
  row: SagaRow;
  /** JSON, so that nobody who holds the object can change what is stored. */
  state: string;
  /** The lines of each transition, as JSON: less for the garbage collector to walk than the rows themselves. */
  readonly history: string[];
}

interface OpenEffect {
  readonly sagaId: string;
  readonly effect: Effect;
  readonly touchedAt: number;
  /** 0 for everything but runs. */
  readonly leaseUntil: number;
}

interface StoredEvent {
  readonly event: EventRow;
  /** When it was last offered to a saga; 0 for never. */
  readonly offeredAt: number;
}

/** Two strings as one key of a map. */
export function pair(a: string, b: string): string {
  return `${a.length}:${a}${b}`;
}

/** The tables of a store, as maps, with the writes that keep them together. */
export class SagaTables {
  readonly sagas: Map<string, StoredSaga> = new Map();
  /** Ids by type and business key. */
  readonly businessKeys: Map<string, string> = new Map();
  /** Ids of finished sagas, the one that finished first in front. */
  readonly finished: Set<string> = new Set();
  /** Ids of sagas for which something becomes due. */
  readonly waiting: Set<string> = new Set();
  /** By effect key, the one touched longest ago first. */
  readonly effects: Map<string, OpenEffect> = new Map();
  /** By channel and key: which sagas ask, and since when. */
  readonly keys: Map<string, Map<string, number>> = new Map();
  /** By channel and key, then by message id, oldest first. */
  readonly events: Map<string, Map<string, StoredEvent>> = new Map();

  read(id: string | undefined): SagaRow | undefined {
    const stored = id === undefined ? undefined : this.sagas.get(id);
    return stored && { ...stored.row, state: parseJsonText(stored.state) };
  }

  /** The whole transition or nothing of it. */
  apply(commit: Commit, now: number): "done" | "conflict" {
    const { row, expected } = commit;
    const stored = this.sagas.get(row.id);
    if (stored?.row.token === row.token) return "done";
    if ((stored?.row.revision ?? 0) !== expected) return "conflict";
    const businessKey = stored || row.key === undefined ? undefined : pair(row.type, row.key);
    if (businessKey !== undefined && this.businessKeys.has(businessKey)) return "conflict";

    const state = stateText(row);
    const lines = jsonText(commit.records, `history of saga ${row.id}`);
    this.#index(row, stored?.row);
    if (businessKey !== undefined) this.businessKeys.set(businessKey, row.id);
    if (!stored) this.sagas.set(row.id, { row: { ...row, state: null }, state, history: [lines] });
    else {
      stored.row = { ...row, state: null };
      stored.state = state;
      stored.history.push(lines);
    }
    for (const key of commit.closed) this.effects.delete(key);
    for (const effect of commit.open) this.#open(row.id, effect, now);
    for (const { channel, key, on } of commit.keys) this.#ask(row.id, pair(channel, key), on, now);
    return "done";
  }

  housekeep(also: CommitExtras): void {
    for (const key of also.confirmed ?? []) this.effects.delete(key);
    if (also.left) this.#openInFront(also.left);
    for (const event of also.events ?? []) {
      const at = pair(event.channel, event.key);
      const stored = this.events.get(at) ?? new Map<string, StoredEvent>();
      if (!stored.has(event.id)) stored.set(event.id, { event, offeredAt: 0 });
      this.events.set(at, stored);
    }
    for (const key of also.leases?.effects ?? []) {
      const open = this.effects.get(key);
      if (open) this.effects.set(key, { ...open, leaseUntil: also.leases?.until ?? 0 });
    }
  }

  /** Marks an effect as taken now, which makes it the last one to be looked at again. */
  touch(key: string, open: OpenEffect, now: number): void {
    this.effects.delete(key);
    this.effects.set(key, { ...open, touchedAt: now });
  }

  /** The saga that this one is a step of, while it is known. */
  parentOf(id: string): StoredSaga | undefined {
    return this.sagas.get(this.sagas.get(id)?.row.parent ?? "");
  }

  /** Takes the state away. Answers whether there was one. */
  shrink(id: string): boolean {
    const stored = this.sagas.get(id);
    if (!stored || stored.state === "null") return false;
    stored.state = "null";
    return true;
  }

  forget(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      const row = this.sagas.get(id)?.row;
      if (row?.key !== undefined) this.businessKeys.delete(pair(row.type, row.key));
      this.waiting.delete(id);
      this.finished.delete(id);
      this.sagas.delete(id);
    }
    for (const [at, asking] of this.keys) {
      for (const id of asking.keys()) if (ids.has(id)) this.#ask(id, at, false, 0);
    }
    for (const [key, { sagaId }] of this.effects) if (ids.has(sagaId)) this.effects.delete(key);
  }

  #index(row: SagaRow, before: SagaRow | undefined): void {
    if (row.dueAt === undefined && before?.dueAt !== undefined) this.waiting.delete(row.id);
    if (row.dueAt !== undefined && before?.dueAt === undefined) this.waiting.add(row.id);
    if (before && isFinished(before.status)) this.finished.delete(row.id);
    if (isFinished(row.status)) this.finished.add(row.id);
  }

  #open(sagaId: string, effect: Effect, now: number): void {
    const leaseUntil = effect.type === "run" ? effect.leaseUntil : 0;
    this.touch(effectKey(effect), { sagaId, effect, touchedAt: now, leaseUntil }, now);
  }

  /** As if touched longest ago: the next one who looks takes them. */
  /** These count as never taken. */
  handOver(keys: readonly string[]): void {
    const given = keys.flatMap((key) => {
      const open = this.effects.get(key);
      return open ? [[key, { ...open, touchedAt: 0 }] as const] : [];
    });
    if (given.length === 0) return;
    for (const [key] of given) this.effects.delete(key);
    const others = [...this.effects];
    this.effects.clear();
    for (const [key, open] of [...given, ...others]) this.effects.set(key, open);
  }

  #openInFront(left: NonNullable<CommitExtras["left"]>): void {
    const others = [...this.effects];
    this.effects.clear();
    for (const { sagaId, effect } of left) this.#open(sagaId, effect, 0);
    for (const [key, open] of others) this.effects.set(key, open);
  }

  #ask(sagaId: string, at: string, on: boolean, now: number): void {
    const asking = this.keys.get(at);
    if (on) this.keys.set(at, (asking ?? new Map<string, number>()).set(sagaId, asking?.get(sagaId) ?? now));
    else if (asking?.delete(sagaId) && asking.size === 0) this.keys.delete(at);
  }
}
