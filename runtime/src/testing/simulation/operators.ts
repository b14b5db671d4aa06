/** Operators: they cancel sagas, do other things to them at random, and settle what needs attention. */
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { OperatorVerdict } from "../../saga/run/runner.js";
import type { Instance } from "../../saga/store/instance.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import { type Act, possibleActs, resolvingActs } from "./acts.js";
import type { Process, Worker } from "./processes.js";
import type { System } from "./system.js";

const visits = 5;
const latestVisitMs = 16_000;
const longestPauseMs = 8_000;
/** An operator who gets no answer in this time asks another worker. */
const askAgainMs = 4_000;
const lookMs = 2_000;
/** A saga that has still not ended after so many acts will not end. */
const mostSettlements = 40;

export class Operators {
  readonly #system: System;
  readonly #workers: readonly Process<Worker>[];
  readonly #beingSettled = new Set<string>();
  readonly #settlements = new Map<string, number>();
  #acts = 0;

  constructor(system: System, workers: readonly Process<Worker>[]) {
    this.#system = system;
    this.#workers = workers;
  }

  /** Cancels a saga after `inMs`, wherever it stands by then. */
  cancel(type: string, key: string, inMs: number): void {
    this.#system.time.after(inMs, () => {
      const id = this.#system.ledger.idOf(type, key);
      if (id !== undefined) void this.#operate(id, { action: "cancel" });
    });
  }

  /** Lets an operator do something to some saga, now and then. */
  visit(): void {
    const { injector, time } = this.#system;
    for (let visit = 1; visit <= visits; visit++) {
      const site = `visit ${visit}`;
      time.after(injector.ms(site, 500, latestVisitMs), () => {
        if (injector.injects("operatorAct", site)) void this.#actAtRandom(site);
      });
    }
  }

  /** From now on, what needs attention gets it, until it has come to its end. */
  attend(): void {
    const { ledger, time } = this.#system;
    time.after(lookMs, () => {
      for (const row of ledger.rows.values()) {
        if (row.status === "needs-attention" && !this.#beingSettled.has(row.id)) void this.#settle(row);
      }
      this.attend();
    });
  }

  async #actAtRandom(site: string): Promise<void> {
    const { ledger, injector, time, definitionOf } = this.#system;
    const row = pick([...ledger.rows.values()], injector.chance(`saga of ${site}`));
    const definition = row && definitionOf(row);
    if (!row || !definition) return;
    const act = pick(possibleActs(definition, row, injector), injector.chance(`act of ${site}`));
    if (!act) return;
    await this.#operate(row.id, act);
    if (act.action !== "pause") return;
    await time.pause(injector.ms(`pause of ${site}`, 500, longestPauseMs));
    this.#keepResumed(row.id);
  }

  /** What was paused goes on, also when an act whose answer was given up pauses it once more. */
  #keepResumed(id: string): void {
    const { ledger, time } = this.#system;
    const isPaused = ledger.rows.get(id)?.paused === true;
    void (isPaused ? this.#operate(id, { action: "resume" }) : Promise.resolve()).then(() =>
      time.after(lookMs, () => this.#keepResumed(id)),
    );
  }

  async #settle(row: SagaRow): Promise<void> {
    const { definitionOf, reportViolation } = this.#system;
    const definition: SagaDefinition | undefined = definitionOf(row);
    const times = (this.#settlements.get(row.id) ?? 0) + 1;
    this.#settlements.set(row.id, times);
    if (!definition) return;
    if (times > mostSettlements) reportViolation(`${row.id}: it needs attention, whatever operators do to it`);
    this.#beingSettled.add(row.id);
    for (const act of resolvingActs(definition, row.state as unknown as Instance, times)) {
      await this.#operate(row.id, act);
    }
    this.#beingSettled.delete(row.id);
  }

  /** Asks one worker after the other until one answers, and holds the answer against the saga's history. */
  async #operate(id: string, act: Act): Promise<void> {
    const { time, injector, trace, ledger } = this.#system;
    const number = ++this.#acts;
    const first = Math.floor(injector.chance(`person ${number}`) * this.#workers.length);
    for (let attempt = 0; attempt < 5; attempt++) {
      const why = `act ${number}, attempt ${attempt + 1}`;
      const worker = this.#workers[(first + attempt) % this.#workers.length]?.program?.runner;
      const asked = worker?.operate(id, { ...act, by: "an operator", why });
      const answered = asked?.catch((error) => trace(() => `operator: ${error}`));
      const verdict = await Promise.race([answered, time.pause(askAgainMs)]);
      if (verdict) {
        trace(() => `${id}: ${describe(act, verdict)}`);
        ledger.checkAct(id, why, verdict);
        return;
      }
      if (!asked) await time.pause(askAgainMs / 4);
    }
  }
}

function describe({ action, step }: Act, { refused }: OperatorVerdict): string {
  const what = step === undefined ? action : `${action} of ${step}`;
  return refused === undefined ? `${what} by an operator` : `${what} by an operator is refused: ${refused}`;
}

function pick<T>(values: readonly T[], chance: number): T | undefined {
  return values[Math.floor(chance * values.length)];
}
