/** What has truly been stored, whether or not a process has heard of it; each transition is checked when it is stored. */

import { lifecycleEffects } from "../../saga/lifecycle/effects.js";
import type { OperatorVerdict } from "../../saga/run/runner.js";
import type { Effect } from "../../saga/store/effects.js";
import { effectKey, parseEffectKey } from "../../saga/store/ids.js";
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
import type { SimulationContext } from "./context.js";
import { fieldOf } from "./field.js";
import type { Incarnation } from "./incarnation.js";

/** What holds in this history and not in every one. */
export interface LedgerRules {
  /** Whether an operator settles what needs attention. */
  readonly isAttended: boolean;
  /** Whether workers publish an event for each transition. */
  readonly publishesLifecycle: boolean;
  /** Called for each command that got no answer in time, by the clock of the worker that decided so. */
  timedOut(key: string, at: number): void;
  /** Checks a transition against the saga's definition. */
  checkTransition(commit: Commit, before: SagaRow | undefined): void;
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
  /** Correlation ids of replies that are parked in the store, for a worker that has the definition. */
  readonly #parked = new Set<string>();
  /** Keys of the commands that some process has sent. */
  readonly #sent = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #byKey = new Map<string, string>();
  readonly #commands = new Set<string>();
  readonly #completed = new Set<string>();
  /** Ids of the sagas that retention has deleted. */
  readonly deleted: Set<string> = new Set();
  /** Ids of the lifecycle events that were to be published, where they are. */
  readonly lifecycle: Set<string> = new Set();
  readonly #context: SimulationContext;
  readonly #rules: LedgerRules;

  constructor(context: SimulationContext, rules: LedgerRules) {
    this.#context = context;
    this.#rules = rules;
  }

  /** A transition is in the store. One that was written twice may be reported twice. */
  committed(commit: Commit, by: Incarnation): void {
    const { row, expected, records } = commit;
    if (this.#tokens.has(row.token)) return;
    this.#tokens.add(row.token);
    this.#checkRow(row, expected);
    this.#rules.checkTransition(commit, this.rows.get(row.id));
    this.#checkLifecycle(commit);
    this.rows.set(row.id, row);
    for (const record of records) this.#checkRecord(row.id, record);
    for (const key of commit.closed) {
      this.#open.delete(key);
      this.#rows.delete(key);
      this.#ends.set(key, { by, at: this.#context.time.now });
    }
    for (const effect of commit.open) {
      const key = effectKey(effect);
      if (this.#ends.has(key)) this.#context.reportViolation(`${key}: it begins again under the same id after its end`);
      this.#open.set(key, effect);
      this.#rows.add(key);
      if (effect.type === "send" && effect.correlationId !== undefined) this.#commands.add(effect.id);
    }
  }

  /** What was written beside the transitions. */
  storedBeside({ confirmed = [], left = [] }: CommitExtras): void {
    for (const key of confirmed) this.#rows.delete(key);
    for (const { effect } of left) {
      this.#rows.add(effectKey(effect));
      if (effect.type === "reply" && effect.message.correlationId !== undefined)
        this.#parked.add(effect.message.correlationId);
    }
  }

  /** Whether a saga waits for the outcome of an effect. */
  awaits(key: string): boolean {
    return this.#open.has(key);
  }

  /** Whether the answer to an effect would be lost if the broker forgot it: it is awaited, and stands nowhere else. */
  needsAnswer(key: string): boolean {
    return this.#open.has(key) && !this.#parked.has(key);
  }

  /** The saga of a business key, once it has begun. */
  idOf(type: string, key: string): string | undefined {
    return this.#byKey.get(`${type} ${key}`);
  }

  /** Keys of the open commands and messages of a saga that no process has sent. */
  neverSent(id: string): readonly string[] {
    const open = [...this.#open].filter(
      ([key, { type }]) => type === "send" && parseEffectKey(key)?.id.startsWith(`${id}/`),
    );
    return open.map(([key]) => key).filter((key) => !this.#sent.has(key));
  }

  /** Whether a saga has ever been completed. */
  hasCompleted(id: string): boolean {
    return this.#completed.has(id);
  }

  /** Whether an effect is a command that a participant answers. */
  isCommand(id: string): boolean {
    return this.#commands.has(id);
  }

  /** The store says that nobody has carried an effect out. */
  checkUnsent(effect: Effect): void {
    const key = effectKey(effect);
    if (effect.type !== "reply" && !this.#open.has(key))
      this.#context.reportViolation(`${key}: the store still offers it, although its end is stored`);
  }

  /** A process sends a command. Long after it has stored the command's end, it should know better. */
  checkSent(key: string, by: Incarnation): void {
    const end = this.#ends.get(key);
    this.#sent.add(key);
    if (this.#open.has(key) || end?.by !== by || this.#context.time.now - end.at < staleMs) return;
    this.#context.reportViolation(`${by.name}: sends ${key}, whose end it has stored itself`);
  }

  /** A process sends a message without a reply. */
  sentWithoutReply(id: string): void {
    this.#sent.add(`${id}#1`);
  }

  /** An operator was told what became of an act: the history says the same. An act is carried out once. */
  checkAct(id: string, why: string, { refused }: OperatorVerdict): void {
    const lines = (this.history.get(id) ?? []).filter(
      ({ kind, data }) => kind === "operated" && fieldOf(data, "why") === why,
    );
    const done = lines.filter(({ data }) => fieldOf(data, "refused") === undefined);
    if (done.length > 1)
      this.#context.reportViolation(`${id}: '${why}' of an operator was carried out ${done.length} times`);
    if (this.deleted.has(id)) return;
    if (refused === undefined && done.length === 0)
      this.#context.reportViolation(`${id}: '${why}' of an operator was carried out, and is not in its history`);
    if (refused !== undefined && done.length > 0)
      this.#context.reportViolation(`${id}: an operator was told that '${why}' was refused, which was carried out`);
  }

  /** Sagas that finished before have been deleted: those, and no others, and no child before its parent. */
  async purged(finishedBefore: number, store: SagaAdmin): Promise<void> {
    const deleted: SagaRow[] = [];
    for (const row of this.rows.values()) {
      if (this.deleted.has(row.id) || (await store.get(row.id))) continue;
      this.deleted.add(row.id);
      deleted.push(row);
    }
    for (const { id, status, updatedAt, parent } of deleted) {
      if (!isFinished(status) || updatedAt >= finishedBefore)
        this.#context.reportViolation(
          `${id}: it was deleted, although it is ${status} since ${updatedAt}, not before ${finishedBefore}`,
        );
      if (this.rows.has(parent ?? "") && !this.deleted.has(parent ?? ""))
        this.#context.reportViolation(`${id}: it was deleted, although its parent is there`);
    }
  }

  /** Whether nothing is left to send or to run. The row of a command stays until its reply, where the broker keeps nothing. */
  isIdle(): boolean {
    for (const key of this.#rows) if (!this.#sent.has(key)) return false;
    return true;
  }

  /** Whether every saga is at rest, with nothing left to carry out. */
  isAtRest(): boolean {
    if (this.#rows.size > 0) return false;
    for (const row of this.rows.values()) if (!this.rests(row)) return false;
    return true;
  }

  /** Whether a saga is finished, or waits for an operator and for nothing else. */
  rests({ status, state }: SagaRow): boolean {
    if (isFinished(status)) return true;
    if (this.#rules.isAttended) return false;
    // It may also wait for a child that waits for an operator.
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

  #checkRow(row: SagaRow, expected: number): void {
    const before = this.rows.get(row.id);
    const revision = before?.revision ?? 0;
    if (expected !== revision || row.revision !== revision + 1) {
      this.#context.reportViolation(
        `${row.id}: a transition decided on revision ${expected} was stored over revision ${revision} as ${row.revision}`,
      );
    }
    const name = `${row.type} ${row.key}`;
    const known = this.#byKey.get(name);
    const holder = known === undefined || this.deleted.has(known) ? row.id : known;
    if (row.key !== undefined && holder !== row.id)
      this.#context.reportViolation(`${row.id}: ${holder} has the same key`);
    if (row.key !== undefined) this.#byKey.set(name, holder);
    // What a member of a race did in vain may still have to be undone; a child is undone with its parent.
    const mayFollow: readonly SagaStatus[] = ["completed", "compensating", "needs-attention"];
    if (this.#completed.has(row.id) && row.parent === undefined && !mayFollow.includes(row.status)) {
      this.#context.reportViolation(`${row.id}: it was completed, and is ${row.status} now`);
    }
    if (row.status === "completed") this.#completed.add(row.id);
  }

  /** The lifecycle events of a transition are committed with it. */
  #checkLifecycle(commit: Commit): void {
    if (!this.#rules.publishesLifecycle) return;
    const opened = new Set(commit.open.map(effectKey));
    for (const effect of lifecycleEffects(commit)) {
      this.lifecycle.add(effect.id);
      if (!opened.has(effectKey(effect)))
        this.#context.reportViolation(`${effect.id}: no event is to be published for it`);
    }
  }

  #checkRecord(sagaId: string, record: HistoryRow): void {
    const { seq, kind, attempt, messageId, step } = record;
    const history = this.history.get(sagaId) ?? [];
    if (seq !== history.length + 1) {
      this.#context.reportViolation(`${sagaId}: line ${seq} of its history follows line ${history.length}`);
    }
    if (kind === "event-failed" && !this.#context.injector.hasInjected("unstorable"))
      this.#context.reportViolation(`${sagaId}: an event could not be applied: ${JSON.stringify(record.data)}`);
    const run = [...this.#open.values()].find((effect) => effect.type === "run" && effect.id === messageId);
    const isSuccess = kind === "step-succeeded" || kind === "compensation-succeeded";
    if (run && isSuccess && run.attempt !== attempt) {
      this.#context.reportViolation(
        `${sagaId}: attempt ${attempt} of ${step} counted while attempt ${run.attempt} had taken its place`,
      );
    }
    const isTimeout = kind === "step-attempt-failed" || kind === "compensation-attempt-failed";
    if (isTimeout && fieldOf(record.data, "kind") === "timeout")
      this.#rules.timedOut(`${messageId}#${attempt}`, record.at);
    this.#context.trace(() => `${sagaId}: ${seq} ${kind} ${step ?? ""}${attempt === undefined ? "" : ` #${attempt}`}`);
    history.push(record);
    this.history.set(sagaId, history);
  }
}
