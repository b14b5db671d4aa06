/** When something is due in which saga, and who is told of it. */
import type { Clock } from "../../core/clock.js";
import { Heap } from "../../core/heap.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Event } from "../store/effects.js";
import { type Instance, nextDue } from "../store/instance.js";
import type { SagaRow } from "../store/saga-store.js";
import type { ReplyConnectivity } from "./reply-connectivity.js";
import type { MailboxEntry } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

/** Pauses before a saga whose replies cannot be heard is woken again for what else may be due in it. */
const firstHoldMs = 250;
const longestHoldMs = 5_000;
/** While timeouts are held, so often it is looked whether replies come in again. */
const checkMs = 250;
/** Beyond that the store alone knows them, and a sweep finds them a little later. */
const maxTimers = 100_000;

/** How far the wake of a saga has come: `missed`, something else became due after it was decided on. */
type Wake = "waiting" | "decided" | "missed";

/**
 * Tells sagas that something of theirs is due. One wake is outstanding for a saga at a time. While replies cannot be
 * received, reply timeouts wait: the saga is woken again when they can, before that ever more rarely.
 */
export class Timers {
  readonly #time: StoreTime;
  readonly #connectivity: ReplyConnectivity;
  readonly #submit: (id: string, entry: MailboxEntry) => void;
  readonly #due: TimerQueue;
  readonly #outstanding = new Map<string, Wake>();
  /** Sagas with timeouts that wait for the connection, and how often they have been woken meanwhile. */
  readonly #held = new Map<string, number>();
  readonly #heldUntil: TimerQueue;
  #cancelCheck: (() => void) | undefined;

  constructor(time: StoreTime, connectivity: ReplyConnectivity, submit: (id: string, entry: MailboxEntry) => void) {
    this.#time = time;
    this.#connectivity = connectivity;
    this.#submit = submit;
    this.#due = new TimerQueue(time, maxTimers, (id) => this.#wake(id));
    this.#heldUntil = new TimerQueue(time, maxTimers, (id) => this.#wake(id));
  }

  /** When the saga has something due next; undefined for never. */
  set(id: string, at: number | undefined): void {
    const isOverdue = at !== undefined && at <= this.#time.now();
    // It has been told of that already.
    if (isOverdue && (this.#held.has(id) || this.#outstanding.has(id))) return;
    if (!isOverdue && this.#held.delete(id)) this.#heldUntil.set(id, undefined);
    this.#due.set(id, at);
  }

  /** A sweep found the saga due: perhaps its timer's worker is gone. */
  overdue(row: SagaRow): void {
    if (!this.#due.has(row.id) && !this.#held.has(row.id)) this.#wake(row.id);
  }

  stop(): void {
    this.#due.stop();
    this.#heldUntil.stop();
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    this.#held.clear();
  }

  #wake(id: string): void {
    const wake = this.#outstanding.get(id);
    if (wake !== undefined) {
      if (wake === "decided") this.#outstanding.set(id, "missed");
      return;
    }
    this.#outstanding.set(id, "waiting");
    let isHeld = false;
    const event = (_: SagaDefinition, instance: Instance | undefined): Event => {
      this.#outstanding.set(id, "decided");
      const at = this.#time.now();
      const deaf = this.#connectivity.isDisconnected();
      isHeld = deaf && instance !== undefined && (nextDue(instance) ?? at + 1) <= at;
      return { type: "wake", at, deaf };
    };
    const settled = () => {
      const isMissed = this.#outstanding.get(id) === "missed";
      this.#outstanding.delete(id);
      if (isHeld) this.#hold(id);
      else {
        this.#held.delete(id);
        if (isMissed) this.#wake(id);
      }
    };
    this.#submit(id, { needsFreshRow: false, event, settled });
  }

  #hold(id: string): void {
    const times = this.#held.get(id) ?? 0;
    if (this.#held.size >= maxTimers && times === 0) return;
    this.#held.set(id, times + 1);
    this.#heldUntil.set(id, this.#time.now() + Math.min(longestHoldMs, firstHoldMs * 2 ** Math.min(times, 10)));
    this.#check();
  }

  #check(): void {
    this.#cancelCheck ??= this.#time.clock.after(checkMs, () => {
      this.#cancelCheck = undefined;
      if (this.#held.size === 0) return;
      if (this.#connectivity.isDisconnected()) {
        this.#check();
        return;
      }
      const held = [...this.#held.keys()];
      this.#held.clear();
      this.#heldUntil.stop();
      for (const id of held) this.#wake(id);
    });
  }
}

/** Entries that may be stale before it is worth looking for them. */
const maxStale = 4_096;

/** Sagas by a time: a heap with one timer of the clock in front. */
export class TimerQueue {
  readonly #time: StoreTime;
  readonly #fire: (id: string) => void;
  readonly #max: number;
  readonly #dueAt = new Map<string, number>();
  /** By time. Entries that no longer match `#dueAt` are passed over. */
  readonly #heap = new Heap<{ readonly at: number; readonly id: string }>((one, other) => one.at < other.at);
  #cancel: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  /** Keeps at most `max` sagas; the store knows the others. */
  constructor(time: StoreTime, max: number, fire: (id: string) => void) {
    this.#time = time;
    this.#max = max;
    this.#fire = fire;
  }

  has(id: string): boolean {
    return this.#dueAt.has(id);
  }

  /** Sets, moves or, with undefined, removes the saga's timer. */
  set(id: string, at: number | undefined): void {
    if (at === undefined) this.#dueAt.delete(id);
    else if (this.#dueAt.get(id) !== at && (this.#dueAt.size < this.#max || this.#dueAt.has(id))) {
      this.#dueAt.set(id, at);
      this.#heap.push({ at, id });
      this.#compact();
      this.#arm();
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#dueAt.clear();
    this.#heap.clear();
  }

  #arm(): void {
    this.#dropStale();
    const first = this.#heap.first();
    if (!first || first.at >= this.#armedFor) return;
    this.#cancel?.();
    this.#armedFor = first.at;
    this.#cancel = this.#clock.after(Math.max(0, first.at - this.#time.now()), () => this.#due());
  }

  #due(): void {
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#time.now();
    for (let first = this.#heap.first(); first && first.at <= now; first = this.#heap.first()) {
      this.#heap.pop();
      if (this.#dueAt.get(first.id) !== first.at) continue;
      this.#dueAt.delete(first.id);
      this.#fire(first.id);
    }
    this.#arm();
  }

  /** One that is due long from now, and stands in front, would keep all that have gone stale behind it. */
  #compact(): void {
    if (this.#heap.size <= 2 * this.#dueAt.size + maxStale) return;
    this.#heap.clear();
    for (const [id, at] of this.#dueAt) this.#heap.push({ at, id });
  }

  get #clock(): Clock {
    return this.#time.clock;
  }

  #dropStale(): void {
    for (let first = this.#heap.first(); first && this.#dueAt.get(first.id) !== first.at; first = this.#heap.first())
      this.#heap.pop();
  }
}
