/** People: they cancel, they meddle, and somebody may settle what needs attention. */
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { OperatorVerdict } from "../../saga/run/runner.js";
import type { OperatorAct } from "../../saga/store/effects.js";
import type { Instance } from "../../saga/store/instance.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import { possibleActs, resolvingActs } from "./acts.js";
import type { Surroundings } from "./incarnation.js";
import type { Ledger, ReportViolation } from "./ledger.js";
import type { Process, Worker } from "./processes.js";

/** Whom people deal with. */
export interface OperatorsOptions {
  readonly workers: readonly Process<Worker>[];
  readonly definitionOf: (row: SagaRow) => SagaDefinition | undefined;
  readonly ledger: Ledger;
  readonly around: Surroundings;
  readonly accuse: ReportViolation;
}

/** What is done, still without a reason. */
export type Act = Omit<OperatorAct, "by" | "why">;

const visits = 5;
const latestVisitMs = 16_000;
const longestPauseMs = 8_000;
/** A person who hears nothing asks another worker. */
const patienceMs = 4_000;
const lookMs = 2_000;
/** Whoever has to do more to a saga than that can do nothing for it. */
const mostSettlements = 40;

export class Operators {
  readonly #options: OperatorsOptions;
  readonly #inHand = new Set<string>();
  readonly #settlements = new Map<string, number>();
  #acts = 0;

  constructor(options: OperatorsOptions) {
    this.#options = options;
  }

  /** Cancels a saga, wherever it stands by then. */
  cancel(type: string, key: string, inMs: number): void {
    const { ledger, around } = this.#options;
    around.time.after(inMs, () => {
      const id = ledger.idOf(type, key);
      if (id !== undefined) void this.#insist(id, { action: "cancel" });
    });
  }

  /** Comes by now and then, and does something to some saga. */
  visit(): void {
    const { misfortune, time } = this.#options.around;
    for (let visit = 1; visit <= visits; visit++) {
      const site = `visit ${visit}`;
      time.after(misfortune.ms(site, 500, latestVisitMs), () => {
        if (misfortune.strikes("meddle", site)) void this.#meddle(site);
      });
    }
  }

  /** From now on, whatever needs attention gets it, until it has come to its end. */
  tend(): void {
    const { ledger, around } = this.#options;
    around.time.after(lookMs, () => {
      for (const row of ledger.rows.values()) {
        if (row.status === "needs-attention" && !this.#inHand.has(row.id)) void this.#settle(row);
      }
      this.tend();
    });
  }

  async #meddle(site: string): Promise<void> {
    const { ledger, around } = this.#options;
    const { misfortune, time } = around;
    const row = pick([...ledger.rows.values()], misfortune.chance(`saga of ${site}`));
    const definition = row && this.#options.definitionOf(row);
    if (!row || !definition) return;
    const whims = possibleActs(definition, row, misfortune);
    const act = pick(whims, misfortune.chance(`whim of ${site}`));
    if (!act) return;
    await this.#insist(row.id, act);
    if (act.action !== "pause") return;
    await time.pause(misfortune.ms(`pause of ${site}`, 500, longestPauseMs));
    this.#resume(row.id);
  }

  /** What was paused goes on, also when an act that nobody waited for any more pauses it once more. */
  #resume(id: string): void {
    const { ledger, around } = this.#options;
    const isPaused = ledger.rows.get(id)?.paused === true;
    void (isPaused ? this.#insist(id, { action: "resume" }) : Promise.resolve()).then(() =>
      around.time.after(lookMs, () => this.#resume(id)),
    );
  }

  async #settle(row: SagaRow): Promise<void> {
    const definition = this.#options.definitionOf(row);
    const times = (this.#settlements.get(row.id) ?? 0) + 1;
    this.#settlements.set(row.id, times);
    if (!definition) return;
    if (times > mostSettlements) this.#options.accuse(`${row.id}: it needs attention, whatever people do to it`);
    this.#inHand.add(row.id);
    for (const act of resolvingActs(definition, row.state as unknown as Instance, times)) {
      await this.#insist(row.id, act);
    }
    this.#inHand.delete(row.id);
  }

  /** Asks one worker after the other, until one has heard. What it says has become of the act is held against the history. */
  async #insist(id: string, act: Act): Promise<void> {
    const { workers, around, ledger } = this.#options;
    const { time, misfortune, trace } = around;
    const number = ++this.#acts;
    const first = Math.floor(misfortune.chance(`person ${number}`) * workers.length);
    for (let attempt = 0; attempt < 5; attempt++) {
      const why = `act ${number}, attempt ${attempt + 1}`;
      const worker = workers[(first + attempt) % workers.length]?.program?.runner;
      const done = worker?.operate(id, { ...act, by: "a person", why });
      const heard = done?.catch((error) => trace(() => `person: ${error}`));
      const verdict = await Promise.race([heard, time.pause(patienceMs)]);
      if (verdict) {
        trace(() => `${id}: ${told(act, verdict)}`);
        ledger.judgeAct(id, why, verdict);
        return;
      }
      if (!done) await time.pause(patienceMs / 4);
    }
  }
}

function told({ action, step }: Act, { refused }: OperatorVerdict): string {
  const what = step === undefined ? action : `${action} of ${step}`;
  return refused === undefined ? `${what} by a person` : `${what} by a person is refused: ${refused}`;
}

function pick<T>(values: readonly T[], chance: number): T | undefined {
  return values[Math.floor(chance * values.length)];
}
