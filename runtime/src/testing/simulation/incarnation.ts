/** One run of a process, from its start to its crash or its stop. */
import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import type { SimulationContext } from "./context.js";

/** A call that gets no connection in this time fails. */
const longestConnectMs = 5_000;

/**
 * Stands between the code of a process and everything outside it. When it has ended, no call of the old code gets
 * through, and nothing wakes it.
 */
export class Incarnation {
  readonly name: string;
  readonly clock: Clock;
  /** Whether its program is of the version before. */
  isOldVersion = false;
  readonly #context: SimulationContext;
  readonly #endings: (() => void)[] = [];
  #isOver = false;
  #stalledUntil = 0;
  #exhaustedUntil = 0;
  #jitters = 0;

  constructor(name: string, context: SimulationContext) {
    const { time, injector } = context;
    const start = injector.site(`${name} born`);
    const aheadMs = injector.injects("skew", start) ? injector.ms(`skew of ${start}`, -1_500, 1_500) : 0;
    this.name = name;
    this.#context = context;
    this.clock = {
      now: () => time.now + aheadMs,
      after: (ms, wake) => time.after(Math.round(ms), () => this.whenRunning(wake)),
      random: () => injector.chance(`${start} jitter ${++this.#jitters}`),
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends it: what it has asked for is not answered, and what it asks for is not done. */
  end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#context.trace(() => `${this.name}: ${why}`);
    for (const tell of this.#endings) tell();
  }

  /** Calls `tell` when it ends; at once when it has ended. */
  onEnd(tell: () => void): void {
    if (this.#isOver) tell();
    else this.#endings.push(tell);
  }

  /** Whether the process dies here. */
  dies(site: string): boolean {
    if (!this.#isOver && this.#context.injector.injects("crash", site)) this.end(`dies at ${site}`);
    return this.#isOver;
  }

  /** Calls `wake` when the process does not stand still, at once if so, and never when it is over. */
  whenRunning(wake: () => void): void {
    const { time } = this.#context;
    if (this.#isOver) return;
    if (time.now >= this.#stalledUntil) wake();
    else time.after(this.#stalledUntil - time.now, () => this.whenRunning(wake));
  }

  /** Calls `then` after the time that a message to the outside takes, unless the process is over by then. */
  soon(site: string, then: () => void): void {
    const { time, injector } = this.#context;
    time.busy();
    const ms = injector.ms(`way ${site}`, -6, 6);
    if (ms > 0) time.after(ms, () => this.whenRunning(then));
    else this.whenRunning(then);
  }

  /**
   * A call to the outside. It takes time both ways, may fail before or after it is done, and the process may die before
   * or after it is done. `what` names it; `fails` says by which faults.
   */
  call<T>(what: string, fails: readonly ("outage" | "lostResponse")[], perform: () => Promise<T>): Promise<T> {
    const { injector } = this.#context;
    const site = injector.site(`${this.name} ${what}`);
    return new Promise<T>((resolve, reject) => {
      if (this.dies(`before ${site}`)) return;
      this.#whenConnected(site, fails.includes("outage"), reject, () => {
        if (fails.includes("outage") && injector.injects("outage", site)) return reject(unavailable(site));
        perform().then(
          (result) => {
            if (this.dies(`after ${site}`)) return;
            if (injector.injects("stall", site)) this.#stall(injector.ms(`length of stall ${site}`, 500, 9_000));
            const isLost = fails.includes("lostResponse") && injector.injects("lostResponse", site);
            this.soon(`back ${site}`, () => (isLost ? reject(unavailable(site)) : resolve(result)));
          },
          (error) => this.soon(`back ${site}`, () => reject(error)),
        );
      });
    });
  }

  /** Goes on once the process has a connection to its store, if that is where it calls, and fails if that takes too long. */
  #whenConnected(site: string, isStore: boolean, fail: (error: Error) => void, then: () => void): void {
    const { time, injector, trace } = this.#context;
    if (isStore && time.now >= this.#exhaustedUntil && injector.injects("exhausted", site)) {
      const ms = injector.ms(`length of exhaustion ${site}`, 1_000, 12_000);
      trace(() => `${this.name}: has no connection to its store for ${ms} ms`);
      this.#exhaustedUntil = time.now + ms;
    }
    const waitMs = isStore ? this.#exhaustedUntil - time.now : 0;
    if (waitMs <= 0) this.soon(site, then);
    else if (waitMs > longestConnectMs)
      time.after(longestConnectMs, () => this.whenRunning(() => fail(unavailable(site))));
    else time.after(waitMs, () => this.soon(site, then));
  }

  #stall(ms: number): void {
    const { time, trace } = this.#context;
    trace(() => `${this.name}: stands still for ${ms} ms`);
    this.#stalledUntil = time.now + ms;
  }
}

function unavailable(site: string): SagaspecError {
  return new SagaspecError("store-unavailable", `simulation: no answer to ${site}`, { retryable: true });
}
