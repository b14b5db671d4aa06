/** Starts sagas by the clock. A tick is a start with the tick's time as its key: any worker inserts it, the first one does. */
import { durationMs } from "../../core/duration.js";
import { type Cron, parseCron } from "../define/cron.js";
import type { SagaDefinition } from "../define/definition.js";
import type { Schedule } from "../define/start.js";
import { isAtRest } from "../store/instance.js";
import type { SagaRow, SagaStore } from "../store/saga-store.js";
import { isLatest } from "./definitions.js";
import type { StoreTime } from "./store-time.js";

/** A timer for a time far away is set again on the way. */
const longestSleepMs = 3_600_000;
/** Ticks before this one among which the saga that may still run is looked for. */
const lookBack = 100;

interface Scheduled {
  readonly definition: SagaDefinition;
  readonly schedule: Schedule<unknown>;
  readonly cron: Cron;
}

export interface SchedulerOptions {
  readonly store: SagaStore;
  readonly time: StoreTime;
  start(definition: SagaDefinition, input: unknown, key: string): Promise<unknown>;
  problem(error: unknown): void;
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #scheduled: readonly Scheduled[];
  readonly #timers = new Map<Scheduled, () => void>();

  /** Of several versions of a saga the latest is started. */
  constructor(definitions: readonly SagaDefinition[], options: SchedulerOptions) {
    this.#options = options;
    this.#scheduled = definitions.flatMap((definition) => {
      const schedule = definition.start?.schedule;
      if (!schedule || !isLatest(definition, definitions)) return [];
      return [{ definition, schedule, cron: parseCron(schedule.cron, schedule.timeZone) }];
    });
  }

  start(): void {
    const now = this.#options.time.now();
    for (const one of this.#scheduled) {
      const missed = one.cron.previous(now);
      if (missed !== undefined && now - missed <= durationMs(one.schedule.catchUp ?? "1h"))
        void this.#tick(one, missed, missed < now);
      this.#sleep(one, now);
    }
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Until the first tick after `since`; of those that pass while the process sleeps only the latest counts. */
  #sleep(one: Scheduled, since: number): void {
    const { time } = this.#options;
    const next = one.cron.next(since);
    if (next === undefined) return;
    const wake = () => {
      const now = time.now();
      const latest = now >= next ? one.cron.previous(now) : undefined;
      if (latest !== undefined) void this.#tick(one, latest);
      this.#sleep(one, latest ?? since);
    };
    this.#timers.set(one, time.clock.after(Math.min(longestSleepMs, Math.max(0, next - time.now())), wake));
  }

  async #tick(one: Scheduled, at: number, isMissed = false): Promise<void> {
    const { definition, schedule } = one;
    try {
      const before = schedule.overlap !== "start" || isMissed ? await this.#sagaBefore(one, at) : undefined;
      // A schedule that has never started anything was not there yet when the tick was due.
      if (isMissed && !before) return;
      if (schedule.overlap !== "start" && before && !isAtRest(before.status)) return;
      await this.#options.start(definition, schedule.input(new Date(at)), keyOf(definition, at));
    } catch (error) {
      this.#options.problem(error);
    }
  }

  /** The saga of the latest tick before this one that started any. */
  async #sagaBefore({ definition, cron }: Scheduled, at: number): Promise<SagaRow | undefined> {
    const ticks: number[] = [];
    for (
      let tick = cron.previous(at - 1);
      tick !== undefined && ticks.length < lookBack;
      tick = cron.previous(tick - 1)
    ) {
      ticks.push(tick);
    }
    const refs = ticks.map((tick) => ({ type: definition.type, businessKey: keyOf(definition, tick) }));
    const found = await this.#options.store.load(refs);
    return found.find((rows) => rows.length > 0)?.[0];
  }
}

/** `<type>@<UTC instant>` */
function keyOf({ type }: SagaDefinition, at: number): string {
  return `${type}@${new Date(at).toISOString()}`;
}
