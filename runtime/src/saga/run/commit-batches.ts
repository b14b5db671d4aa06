/** One batch: read what is not known, decide, commit everything as one, and settle each item by its saga's verdict. */
import { messageOf } from "../../core/errors.js";
import { retryWhileDown } from "../../core/timing.js";
import type { SagaStore } from "../store/saga-store.js";
import type { Definitions } from "./definitions.js";
import { type ChangePlan, type Moment, type Plan, plan, stuckPlan } from "./plan.js";
import type { SagaMailbox, Settled } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

/** Who carries out what has been committed, and who hears of trouble. */
export interface Outlets {
  /** A transition is durable. */
  committed(plan: ChangePlan): void;
  /** The row of a saga that this worker knows was read: what is due may be news to it. */
  read(id: string, dueAt: number | undefined): void;
  /** Keys of effects that have been carried out a while ago, to be cleared with the next commit; or of all of them. */
  takeConfirmed(all: boolean): readonly string[];
  problem(error: unknown): void;
}

export class CommitBatches {
  readonly #store: SagaStore;
  readonly #definitions: Definitions;
  readonly #time: StoreTime;
  readonly #outlets: Outlets;
  readonly #signal: AbortSignal;
  readonly #publishes: boolean;

  constructor(
    store: SagaStore,
    definitions: Definitions,
    time: StoreTime,
    outlets: Outlets,
    signal: AbortSignal,
    publishes: boolean,
  ) {
    this.#publishes = publishes;
    this.#store = store;
    this.#definitions = definitions;
    this.#time = time;
    this.#outlets = outlets;
    this.#signal = signal;
  }

  /** `arrivals` counts items as they come: it tells whether a row was read after an item had come. Never rejects. */
  async run(slots: readonly SagaMailbox[], arrivals: () => number): Promise<void> {
    const plans = new Set<Plan>();
    try {
      await this.load(slots.filter(needsReading), arrivals());
      for (const slot of slots) this.#plan(slot, plans);
      await this.#commit(plans, arrivals());
    } catch (error) {
      // The store stayed away until this worker stopped: what was not acknowledged comes to another one.
      this.#outlets.problem(error);
      for (const one of plans) settleItems(one, "abandoned");
      for (const slot of slots) settleAll(slot, "abandoned");
    }
  }

  async load(slots: readonly SagaMailbox[], since: number): Promise<void> {
    if (slots.length === 0) return;
    const found = await this.#persist(() => this.#store.load(slots.map(({ id }) => ({ id }))));
    for (const [index, slot] of slots.entries()) {
      slot.row = found[index]?.[0];
      slot.readAt = since;
      const isMine = slot.row && this.#definitions.of(slot.row) !== undefined;
      if (isMine) this.#outlets.read(slot.id, slot.row?.paused ? undefined : slot.row?.dueAt);
    }
  }

  /** Clears what has been carried out when no other commit comes by; `all` of it, when there will be no later. */
  async flush(all: boolean): Promise<void> {
    const confirmed = this.#outlets.takeConfirmed(all);
    if (confirmed.length > 0) await this.#persist(() => this.#store.commit([], { confirmed }));
  }

  /** The transition is in the store. */
  wrote(one: ChangePlan, since: number): void {
    one.slot.row = one.change.commit.row;
    one.slot.readAt = since;
    this.#outlets.committed(one);
  }

  #plan(slot: SagaMailbox, plans: Set<Plan>): void {
    const definition = slot.row ? this.#definitions.of(slot.row) : slot.items[0]?.item.starts;
    if (!definition) {
      const how = slot.row ? "unowned" : "unknown-saga";
      if (slot.row) this.#outlets.problem(this.#definitions.missing(slot.row));
      // It may be repaired: it is read again.
      if (slot.row?.unreadable !== undefined) slot.row = undefined;
      settleAll(slot, how);
    } else {
      const one = plan(slot, definition, this.#moment());
      if (one) plans.add(one);
    }
  }

  /** Takes each plan out of `plans` as it is settled. */
  async #commit(plans: Set<Plan>, since: number): Promise<void> {
    const changes = [...plans].filter(isChange);
    const confirmed = this.#outlets.takeConfirmed(false);
    const commits = changes.map((one) => one.change.commit);
    const verdicts = commits.length === 0 ? [] : await this.#persist(() => this.#store.commit(commits, { confirmed }));
    const verdictOf = new Map(changes.map((one, index) => [one.slot, verdicts[index]]));
    for (const one of [...plans]) {
      const verdict = verdictOf.get(one.slot);
      if (verdict instanceof Error) await this.#stop(one, verdict, since);
      else if (verdict === "conflict") again(one);
      else {
        one.slot.conflicts = 0;
        if (isChange(one)) this.wrote(one, since);
        settle(one);
      }
      plans.delete(one);
    }
  }

  /**
   * The store refuses this transition for what it is: the saga stops, and the others go on. Of several items one is to
   * blame: each is decided on its own, so that what the others bring is kept.
   */
  async #stop(failed: Plan, error: Error, since: number): Promise<void> {
    const { slot, items } = failed;
    if (items.length > 1) {
      slot.items.unshift(...items);
      slot.single = items.length;
      return;
    }
    this.#outlets.problem(error);
    const { row } = slot;
    if (!row) return settleItems(failed, error);
    const stuck = stuckPlan(failed, row, this.#moment(), error);
    const [verdict] = await this.#persist(() => this.#store.commit([stuck.change.commit]));
    if (verdict === "done") {
      this.wrote(stuck, since);
      settle(stuck);
    } else if (verdict === "conflict") again(failed);
    else settleItems(failed, asError(verdict));
  }

  #moment(): Moment {
    return { now: this.#time.now(), publishes: this.#publishes };
  }

  #persist<T>(call: () => Promise<T>): Promise<T> {
    const { clock } = this.#time;
    return retryWhileDown(call, { clock, signal: this.#signal, problem: this.#outlets.problem });
  }
}

function needsReading(slot: SagaMailbox): boolean {
  return !slot.row && slot.items[0]?.item.starts === undefined;
}

function isChange(one: Plan): one is ChangePlan {
  return one.change !== undefined;
}

/** Somebody else was faster: the same items once more, on what the saga is now. A beginning is not repeated. */
function again({ slot, items }: Plan): void {
  const isBeginning = slot.row === undefined;
  slot.conflicts += 1;
  slot.row = undefined;
  slot.items.unshift(...items.filter(({ item }) => !isBeginning || !item.starts));
  if (isBeginning) for (const { item } of items) if (item.starts) item.settled("conflict");
}

/** "Changes nothing" is believed of a row read after the item had come; else it is decided again on a fresh one. */
function settle({ slot, items, ignored, change }: Plan): void {
  const doubtful: SagaMailbox["items"] = [];
  for (const [index, waiting] of items.entries()) {
    const reason = ignored[index];
    if (reason !== undefined && waiting.item.needsFreshRow && slot.readAt < waiting.arrived) doubtful.push(waiting);
    else waiting.item.settled(reason ?? "applied", change?.commit.records);
  }
  if (doubtful.length === 0) return;
  slot.row = undefined;
  slot.items.unshift(...doubtful);
}

function settleItems({ items }: Plan, how: Settled): void {
  for (const { item } of items) item.settled(how);
}

function settleAll(slot: SagaMailbox, how: Settled): void {
  for (const { item } of slot.items.splice(0)) item.settled(how);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}
