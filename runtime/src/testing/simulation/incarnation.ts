/** One life of a process: what stands between its code and everything outside. Once it is over, nothing gets through. */
import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import type { FaultInjector } from "./fault-injector.js";
import type { SimulatedTime } from "./time.js";
import type { Trace } from "./trace.js";

/** What all lives have around them. */
export interface Surroundings {
  readonly time: SimulatedTime;
  readonly misfortune: FaultInjector;
  readonly trace: Trace;
}

export class Incarnation {
  readonly name: string;
  readonly clock: Clock;
  readonly #around: Surroundings;
  readonly #endings: (() => void)[] = [];
  #isOver = false;
  #standsStillUntil = 0;
  #jitters = 0;

  constructor(name: string, around: Surroundings) {
    const { time, misfortune } = around;
    const birth = misfortune.site(`${name} born`);
    const aheadMs = misfortune.strikes("skew", birth) ? misfortune.ms(`skew of ${birth}`, -1_500, 1_500) : 0;
    this.name = name;
    this.#around = around;
    this.clock = {
      now: () => time.now + aheadMs,
      after: (ms, wake) => time.after(Math.round(ms), () => this.whenAwake(wake)),
      random: () => misfortune.chance(`${birth} jitter ${++this.#jitters}`),
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends it: what it has asked for is not answered, and what it asks for is not done. */
  end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#around.trace(() => `${this.name}: ${why}`);
    for (const tell of this.#endings) tell();
  }

  /** Calls `tell` when it ends; at once when it has ended. */
  onEnd(tell: () => void): void {
    if (this.#isOver) tell();
    else this.#endings.push(tell);
  }

  /** Whether the process dies here. */
  dies(site: string): boolean {
    if (!this.#isOver && this.#around.misfortune.strikes("crash", site)) this.end(`dies at ${site}`);
    return this.#isOver;
  }

  /** Calls `wake` when the process moves again, at once if it does, and never when it is over. */
  whenAwake(wake: () => void): void {
    const { time } = this.#around;
    if (this.#isOver) return;
    if (time.now >= this.#standsStillUntil) wake();
    else time.after(this.#standsStillUntil - time.now, () => this.whenAwake(wake));
  }

  /** Calls `then` after the time that a way to somebody outside takes, unless the process is over by then. */
  soon(site: string, then: () => void): void {
    const { time, misfortune } = this.#around;
    time.busy();
    const ms = misfortune.ms(`way ${site}`, -6, 6);
    if (ms > 0) time.after(ms, () => this.whenAwake(then));
    else this.whenAwake(then);
  }

  /**
   * A call to somebody outside: it takes time both ways, may fail before or after it is done, and the process may die
   * before or after it is done. `what` names it; `fails` says with what misfortune.
   */
  call<T>(what: string, fails: readonly ("outage" | "silence")[], perform: () => Promise<T>): Promise<T> {
    const { misfortune } = this.#around;
    const site = misfortune.site(`${this.name} ${what}`);
    return new Promise<T>((resolve, reject) => {
      if (this.dies(`before ${site}`)) return;
      this.soon(site, () => {
        if (fails.includes("outage") && misfortune.strikes("outage", site)) return reject(away(site));
        perform().then(
          (result) => {
            if (this.dies(`after ${site}`)) return;
            if (misfortune.strikes("stall", site))
              this.#standStill(misfortune.ms(`length of stall ${site}`, 500, 9_000));
            const isSilent = fails.includes("silence") && misfortune.strikes("silence", site);
            this.soon(`back ${site}`, () => (isSilent ? reject(away(site)) : resolve(result)));
          },
          (error) => this.soon(`back ${site}`, () => reject(error)),
        );
      });
    });
  }

  #standStill(ms: number): void {
    const { time, trace } = this.#around;
    trace(() => `${this.name}: stands still for ${ms} ms`);
    this.#standsStillUntil = time.now + ms;
  }
}

function away(site: string): SagaspecError {
  return new SagaspecError("store-unavailable", `simulation: no answer to ${site}`, { retryable: true });
}
