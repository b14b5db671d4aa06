/** What has truly been stored, whoever has heard of it: judged transition by transition. */

import { lifecycleEffects } from "../../saga/lifecycle/effects.js";
import type { OperatorVerdict } from "../../saga/run/runner.js";
import type { Effect } from "../../saga/store/effects.js";
import { effectKey } from "../../saga/store/ids.js";
import type { Instance } from "../../saga/store/instance.js";
import {
  type Commit,
  type CommitExtras,
  type HistoryRow,
  isFinished,
  type SagaAdmin,
  type SagaRow,
  type SagaStatus,
} from "../../saga/store/saga-store.js";
import { fieldOf } from "./field.js";
import type { Incarnation, Surroundings } from "./incarnation.js";

/** Tells that a promise has been broken. */
export type ReportViolation = (violation: string) => void;

/** What holds in this history and not in every one. */
export interface LedgerRules {
  /** Whether what needs attention gets it. */
  readonly isTended: boolean;
  /** Whether workers tell of each transition. */
  readonly isTold: boolean;
  /** Hears of commands that got no answer in time, by the clock of whoever decided it. */
  timedOut(key: string, at: number): void;
  /** Judges a transition by the saga's definition. */
  judge(commit: Commit, before: SagaRow | undefined): void;
}

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
  readonly #ends = new Map<string, { readonly by: Incarnation; readonly at: number }>();
  /** Correlation ids of answers that are kept in the store, for a worker that knows the saga. */
  readonly #left = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #byKey = new Map<string, string>();
  readonly #commands = new Set<string>();
  readonly #completed = new Set<string>();
  /** Ids of the sagas that retention has taken away. */
  readonly gone: Set<string> = new Set();
  /** Ids of the messages in which the sagas' lifecycle was to be told, where it is. */
  readonly lifecycle: Set<string> = new Set();
  readonly #around: Surroundings;
  readonly #accuse: ReportViolation;
  readonly #rules: LedgerRules;

  constructor(around: Surroundings, accuse: ReportViolation, rules: LedgerRules) {
    this.#around = around;
    this.#accuse = accuse;
    this.#rules = rules;
  }

  /** A transition is in the store. Told of twice, when it was written twice. */
  committed(commit: Commit, by: Incarnation): void {
    const { row, expected, records } = commit;
    if (this.#tokens.has(row.token)) return;
    this.#tokens.add(row.token);
    this.#judgeRow(row, expected);
    this.#rules.judge(commit, this.rows.get(row.id));
    this.#judgeTelling(commit);
    this.rows.set(row.id, row);
    for (const record of records) this.#judgeRecord(row.id, record);
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

  kept({ confirmed = [], left = [] }: CommitExtras): void {
    for (const key of confirmed) this.#rows.delete(key);
    for (const { effect } of left) {
      this.#rows.add(effectKey(effect));
      if (effect.type === "reply" && effect.message.correlationId !== undefined)
        this.#left.add(effect.message.correlationId);
    }
  }

  /** Whether a saga waits for the outcome of an effect. */
  awaits(key: string): boolean {
    return this.#open.has(key);
  }

  /** Whether the answer to an effect would be lost if the broker forgot it: it is awaited, and stands nowhere else. */
  needsAnswer(key: string): boolean {
    return this.#open.has(key) && !this.#left.has(key);
  }

  /** The saga of a business key, once it has begun. */
  idOf(type: string, key: string): string | undefined {
    return this.#byKey.get(`${type} ${key}`);
  }

  /** Whether a saga has ever been completed. */
  hasCompleted(id: string): boolean {
    return this.#completed.has(id);
  }

  /** Whether an effect is a command that its participant answers. */
  isCommand(id: string): boolean {
    return this.#commands.has(id);
  }

  /** The store says that nobody has carried an effect out. */
  judgeUnsent(effect: Effect): void {
    const key = effectKey(effect);
    if (effect.type !== "reply" && !this.#open.has(key))
      this.#accuse(`${key}: the store still offers it, although its end is stored`);
  }

  /** A process sends a command. Long after it has stored the command's end, it should know better. */
  judgeSent(key: string, by: Incarnation): void {
    const end = this.#ends.get(key);
    if (this.#open.has(key) || end?.by !== by || this.#around.time.now - end.at < staleMs) return;
    this.#accuse(`${by.name}: sends ${key}, whose end it has stored itself`);
  }

  /** A person has heard what has become of an act: the history says the same. An act is carried out once. */
  judgeAct(id: string, why: string, { refused }: OperatorVerdict): void {
    const lines = (this.history.get(id) ?? []).filter(
      ({ kind, data }) => kind === "operated" && fieldOf(data, "why") === why,
    );
    const done = lines.filter(({ data }) => fieldOf(data, "refused") === undefined);
    if (done.length > 1) this.#accuse(`${id}: '${why}' of a person was carried out ${done.length} times`);
    if (this.gone.has(id)) return;
    if (refused === undefined && done.length === 0)
      this.#accuse(`${id}: '${why}' of a person was carried out, and is not in its history`);
    if (refused !== undefined && done.length > 0)
      this.#accuse(`${id}: a person was told that '${why}' was refused, which was carried out`);
  }

  /** Sagas that finished before have been deleted: those, and no others, and no child before its parent. */
  async purged(finishedBefore: number, store: SagaAdmin): Promise<void> {
    const deleted: SagaRow[] = [];
    for (const row of this.rows.values()) {
      if (this.gone.has(row.id) || (await store.get(row.id))) continue;
      this.gone.add(row.id);
      deleted.push(row);
    }
    for (const { id, status, updatedAt, parent } of deleted) {
      if (!isFinished(status) || updatedAt >= finishedBefore)
        this.#accuse(
          `${id}: it was deleted, although it is ${status} since ${updatedAt}, not before ${finishedBefore}`,
        );
      if (this.rows.has(parent ?? "") && !this.gone.has(parent ?? ""))
        this.#accuse(`${id}: it was deleted, although its parent is there`);
    }
  }

  /** Whether all that was started has come to rest, with nothing left to carry out. */
  isAtRest(): boolean {
    if (this.#rows.size > 0) return false;
    for (const row of this.rows.values()) if (!this.rests(row)) return false;
    return true;
  }

  /** Whether nothing more happens to a saga by itself. */
  rests({ status, state }: SagaRow): boolean {
    if (isFinished(status)) return true;
    if (this.#rules.isTended) return false;
    // It waits for another saga that waits for somebody to look at it.
    const open = Object.values((state as unknown as Instance).steps).filter(
      (step) => step.status === "open" || step.status === "undoing",
    );
    const isHeld = open.every(({ needsAttention }) => needsAttention === true);
    return isHeld && (open.length > 0 || status === "needs-attention");
  }

  /** What is still under way. */
  unfinished(): string[] {
    const sagas = [...this.rows.values()].filter((row) => !this.rests(row));
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
    const known = this.#byKey.get(name);
    const holder = known === undefined || this.gone.has(known) ? row.id : known;
    if (row.key !== undefined && holder !== row.id) this.#accuse(`${row.id}: ${holder} has the same key`);
    if (row.key !== undefined) this.#byKey.set(name, holder);
    // What a completed saga did in vain, beside its way, may still have to be undone; a child is undone with its parent.
    const mayFollow: readonly SagaStatus[] = ["completed", "compensating", "needs-attention"];
    if (this.#completed.has(row.id) && row.parent === undefined && !mayFollow.includes(row.status)) {
      this.#accuse(`${row.id}: it was completed, and is ${row.status} now`);
    }
    if (row.status === "completed") this.#completed.add(row.id);
  }

  /** What others are to hear of a transition is committed with it. */
  #judgeTelling(commit: Commit): void {
    if (!this.#rules.isTold) return;
    const opened = new Set(commit.open.map(effectKey));
    for (const effect of lifecycleEffects(commit)) {
      this.lifecycle.add(effect.id);
      if (!opened.has(effectKey(effect))) this.#accuse(`${effect.id}: nobody is to be told of it`);
    }
  }

  #judgeRecord(sagaId: string, record: HistoryRow): void {
    const { seq, kind, attempt, messageId, step } = record;
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
    if (isTimeout && fieldOf(record.data, "kind") === "timeout")
      this.#rules.timedOut(`${messageId}#${attempt}`, record.at);
    this.#around.trace(() => `${sagaId}: ${seq} ${kind} ${step ?? ""}${attempt === undefined ? "" : ` #${attempt}`}`);
    history.push(record);
    this.history.set(sagaId, history);
  }
}
