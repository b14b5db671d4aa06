/** What has truly been stored, whoever has heard of it: judged transition by transition. */
import type { Effect } from "../../saga/effects.js";
import { effectKey } from "../../saga/ids.js";
import { isAtRest } from "../../saga/instance.js";
import type { Commit, HistoryRow, Housekeeping, SagaRow, SagaStatus } from "../../saga/store.js";
import type { Life, Surroundings } from "./life.js";

/** Tells that a promise has been broken. */
export type Accuse = (violation: string) => void;

/** What a process has read may be that old when it acts on it: it has stood still meanwhile. */
const staleMs = 10_000;

export class Ledger {
  /** The sagas, as they were stored last. */
  readonly rows: Map<string, SagaRow> = new Map();
  readonly history: Map<string, HistoryRow[]> = new Map();
  /** Effects whose outcome the sagas wait for, by key. */
  readonly #open = new Map<string, Effect>();
  /** Effects whose rows must be in the store: neither closed nor confirmed. */
  readonly #rows = new Set<string>();
  /** By key: who stored the end of an effect, and when. */
  readonly #ends = new Map<string, { readonly by: Life; readonly at: number }>();
  readonly #tokens = new Set<string>();
  readonly #byKey = new Map<string, string>();
  readonly #commands = new Set<string>();
  readonly #completed = new Set<string>();
  readonly #around: Surroundings;
  readonly #accuse: Accuse;
  readonly #timedOut: (key: string, at: number) => void;

  /** `timedOut` hears of commands that got no answer in time, by the clock of whoever decided it. */
  constructor(around: Surroundings, accuse: Accuse, timedOut: (key: string, at: number) => void) {
    this.#around = around;
    this.#accuse = accuse;
    this.#timedOut = timedOut;
  }

  /** A transition is in the store. Told of twice, when it was written twice. */
  committed(commit: Commit, by: Life): void {
    const { row, expected, records } = commit;
    if (this.#tokens.has(row.token)) return;
    this.#tokens.add(row.token);
    this.#judgeRow(row, expected);
    this.rows.set(row.id, row);
    for (const record of records) this.#judgeRecord(record);
    for (const key of commit.closed) {
      this.#open.delete(key);
      this.#rows.delete(key);
      this.#ends.set(key, { by, at: this.#around.time.now });
    }
    for (const effect of commit.open) {
      const key = effectKey(effect);
      if (this.#ends.has(key)) this.#accuse(`${key}: it begins again under the same id after its end`);
      this.#open.set(key, effect);
      this.#rows.add(key);
      if (effect.type === "send" && effect.correlationId !== undefined) this.#commands.add(effect.id);
    }
  }

  kept({ confirmed = [] }: Housekeeping): void {
    for (const key of confirmed) this.#rows.delete(key);
  }

  /** Whether a saga waits for the outcome of an effect. */
  awaits(key: string): boolean {
    return this.#open.has(key);
  }

  /** The saga of a business key, once it has begun. */
  idOf(type: string, key: string): string | undefined {
    return this.#byKey.get(`${type} ${key}`);
  }

  /** Whether an effect is a command that its participant answers. */
  isCommand(id: string): boolean {
    return this.#commands.has(id);
  }

  /** The store says that nobody has carried an effect out. */
  judgeUnsent(effect: Effect): void {
    const key = effectKey(effect);
    if (!this.#open.has(key)) this.#accuse(`${key}: the store still offers it, although its end is stored`);
  }

  /** A process sends a command. Long after it has stored the command's end, it should know better. */
  judgeSent(key: string, by: Life): void {
    const end = this.#ends.get(key);
    if (this.#open.has(key) || end?.by !== by || this.#around.time.now - end.at < staleMs) return;
    this.#accuse(`${by.name}: sends ${key}, whose end it has stored itself`);
  }

  /** Whether all that was started has come to rest, with nothing left to carry out. */
  isAtRest(): boolean {
    if (this.#rows.size > 0) return false;
    for (const { status } of this.rows.values()) if (!isAtRest(status)) return false;
    return true;
  }

  /** What is still under way. */
  unfinished(): string[] {
    const sagas = [...this.rows.values()].filter(({ status }) => !isAtRest(status));
    return [...sagas.map(({ id, status }) => `${id} is ${status}`), ...[...this.#rows].map((key) => `${key} is open`)];
  }

  #judgeRow(row: SagaRow, expected: number): void {
    const before = this.rows.get(row.id);
    const revision = before?.revision ?? 0;
    if (expected !== revision || row.revision !== revision + 1) {
      this.#accuse(
        `${row.id}: a transition decided on revision ${expected} was stored over revision ${revision} as ${row.revision}`,
      );
    }
    const name = `${row.type} ${row.key}`;
    const holder = this.#byKey.get(name) ?? row.id;
    if (row.key !== undefined && holder !== row.id) this.#accuse(`${row.id}: ${holder} has the same key`);
    if (row.key !== undefined) this.#byKey.set(name, holder);
    // What a completed saga did in vain, beside its way, may still have to be undone; a child is undone with its parent.
    const mayFollow: readonly SagaStatus[] = ["completed", "compensating", "needs-attention"];
    if (this.#completed.has(row.id) && row.parent === undefined && !mayFollow.includes(row.status)) {
      this.#accuse(`${row.id}: it was completed, and is ${row.status} now`);
    }
    if (row.status === "completed") this.#completed.add(row.id);
  }

  #judgeRecord(record: HistoryRow): void {
    const { sagaId, seq, kind, attempt, messageId, step } = record;
    const history = this.history.get(sagaId) ?? [];
    if (seq !== history.length + 1) {
      this.#accuse(`${sagaId}: line ${seq} of its history follows line ${history.length}`);
    }
    if (kind === "event-failed")
      this.#accuse(`${sagaId}: an event could not be applied: ${JSON.stringify(record.data)}`);
    const run = [...this.#open.values()].find((effect) => effect.type === "run" && effect.id === messageId);
    const isSuccess = kind === "step-succeeded" || kind === "compensation-succeeded";
    if (run && isSuccess && run.attempt !== attempt) {
      this.#accuse(`${sagaId}: attempt ${attempt} of ${step} counted while attempt ${run.attempt} had taken its place`);
    }
    const isTimeout = kind === "step-attempt-failed" || kind === "compensation-attempt-failed";
    if (isTimeout && failureKind(record) === "timeout") this.#timedOut(`${messageId}#${attempt}`, record.at);
    this.#around.trace(() => `${sagaId}: ${seq} ${kind} ${step ?? ""}${attempt === undefined ? "" : ` #${attempt}`}`);
    history.push(record);
    this.history.set(sagaId, history);
  }
}

function failureKind({ data }: HistoryRow): unknown {
  return typeof data === "object" && data !== null && "kind" in data ? data.kind : undefined;
}
