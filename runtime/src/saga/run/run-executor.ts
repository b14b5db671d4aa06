/**
 * Calls the functions of `run` steps: some at a time, each under a lease that is renewed as long as it runs, so that
 * another worker takes over when this one dies.
 */

import type { Json } from "../../codegen.js";
import type { Clock } from "../../core/clock.js";
import { messageOf, SagaspecError, TerminalError } from "../../core/errors.js";
import type { Failure } from "../../wire/failure.js";
import { withTrace } from "../../wire/trace.js";
import { contextOf, scopeOf } from "../decide/scope.js";
import type { Command, SagaDefinition } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import type { Effect } from "../store/effects.js";
import { effectKey, parseMessageId } from "../store/ids.js";
import type { Instance } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";

export type RunEffect = Extract<Effect, { type: "run" }>;

/** How a run has ended. */
export type RunOutcome = { readonly ok: Json } | { readonly failure: Failure };

/** A run that has been committed and is to be carried out. */
export interface Run {
  readonly effect: RunEffect;
  readonly definition: SagaDefinition;
  /** The saga as it was when the run started. */
  readonly instance: Instance;
}

export interface RunExecutorOptions {
  /** Carries out a run whose effect commits with the saga. Never rejects. */
  transact(run: Run, signal: AbortSignal): Promise<void>;
  ended(effect: RunEffect, outcome: RunOutcome): void;
}

export class RunExecutor {
  readonly #outlets: RunExecutorOptions;
  readonly #max: number;
  readonly #maxTransactions: number;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Run>();
  /** Runs that need a transaction, of which the store has only so many at a time. */
  readonly #waitingForTransaction = new Map<string, Run>();
  #transactions = 0;
  readonly #running = new Map<string, AbortController>();
  readonly #waitingForIdle: (() => void)[] = [];

  /** At most `max` functions run at a time, and `maxTransactions` of them in a transaction of the store's. */
  constructor(max: number, maxTransactions: number, clock: Clock, outlets: RunExecutorOptions) {
    this.#max = max;
    this.#maxTransactions = maxTransactions;
    this.#clock = clock;
    this.#outlets = outlets;
  }

  start(run: Run): void {
    const waiting = run.effect.transactional ? this.#waitingForTransaction : this.#waiting;
    waiting.set(effectKey(run.effect), run);
    this.#next();
  }

  /** The attempt's outcome does not count any more. */
  abort(key: string): void {
    this.#waiting.delete(key);
    this.#waitingForTransaction.delete(key);
    this.#running.get(key)?.abort(new SagaspecError("timeout", `run ${key}: its outcome does not count any more`));
  }

  has(key: string): boolean {
    return this.#waiting.has(key) || this.#waitingForTransaction.has(key) || this.#running.has(key);
  }

  /** Keys of the runs that this worker has, to renew their leases. */
  keys(): readonly string[] {
    return [...this.#waiting.keys(), ...this.#waitingForTransaction.keys(), ...this.#running.keys()];
  }

  /** Starts nothing more, and resolves when what runs has ended, or has been abandoned. */
  async drain(): Promise<void> {
    this.#waiting.clear();
    this.#waitingForTransaction.clear();
    while (this.#running.size > 0) await new Promise<void>((resolve) => this.#waitingForIdle.push(resolve));
  }

  /** Tells every function that runs to end, and does not wait for it: their leases lapse. */
  abandon(): void {
    const reason = new SagaspecError("transport-closed", "run: the worker stops", { retryable: true });
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const controller of running) controller.abort(reason);
    this.#tellIdle();
  }

  #next(): void {
    for (const [key, run] of this.#waiting) {
      if (this.#running.size >= this.#max) return;
      this.#waiting.delete(key);
      void this.#carryOut(key, run);
    }
    for (const [key, run] of this.#waitingForTransaction) {
      if (this.#running.size >= this.#max || this.#transactions >= this.#maxTransactions) return;
      this.#waitingForTransaction.delete(key);
      void this.#carryOut(key, run);
    }
  }

  async #carryOut(key: string, run: Run): Promise<void> {
    const controller = new AbortController();
    this.#running.set(key, controller);
    if (run.effect.transactional) await this.#transact(key, run, controller.signal);
    else {
      const outcome = await outcomeOf(run, this.#clock.now(), controller.signal);
      if (this.#running.has(key)) this.#outlets.ended(run.effect, outcome);
    }
    this.#running.delete(key);
    this.#next();
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#running.size === 0) for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }

  // Nothing else is decided for the saga while it is locked, its timeout neither: the time is kept here.
  async #transact(key: string, run: Run, signal: AbortSignal): Promise<void> {
    const action = actionOf(run);
    const stop = this.#clock.after(action?.timeoutMs ?? 0, () => this.abort(key));
    this.#transactions += 1;
    try {
      await this.#outlets.transact(run, signal);
    } finally {
      this.#transactions -= 1;
      stop();
    }
  }
}

async function outcomeOf(run: Run, now: number, signal: AbortSignal): Promise<RunOutcome> {
  try {
    return { ok: runResult(await callRun(run, now, signal)) };
  } catch (error) {
    return { failure: runFailure(error) };
  }
}

/** Calls the function of a run. */
export function callRun(run: Run, now: number, signal: AbortSignal, tx?: unknown): unknown {
  const { effect, instance } = run;
  const action = actionOf(run);
  if (!action) throw new SagaspecError("definition-changed", `step '${effect.step}': it is no run`);
  const record = instance.steps[effect.step];
  const step = stepAt(run.definition, effect.step);
  const scope = scopeOf(instance, step, isUndo(effect) ? { reply: record?.reply } : undefined);
  const { id: idempotencyKey, attempt } = effect;
  const { trace } = instance;
  const context = { ...contextOf(instance, now, record), idempotencyKey, attempt, signal, trace, tx };
  return withTrace(trace, () => action.run(scope, context));
}

function actionOf({ definition, effect }: Run): Extract<Command, { kind: "run" }> | undefined {
  const step = stepAt(definition, effect.step);
  const action = isUndo(effect) ? step?.compensate : step?.action;
  return action?.kind === "run" ? action : undefined;
}

function isUndo(effect: RunEffect): boolean {
  return parseMessageId(effect.id)?.side === "undo";
}

/** What a function returned, as it is stored: what JSON makes of it. */
export function runResult(result: unknown): Json {
  return keptJson(result, "what the function returns");
}

/** What a throwing function means: nothing happened, or nobody knows. */
export function runFailure(error: unknown): Failure {
  const kind = error instanceof TerminalError ? "terminal" : "retryable";
  const name = error instanceof SagaspecError ? error.code : error instanceof Error ? error.name : "Error";
  return { kind, name, message: messageOf(error) };
}
