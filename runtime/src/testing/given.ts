/** Given a saga, when something happens, then it does this: tests of the pure decision, without a broker or a clock. */
import { deepStrictEqual } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { type Decision, decide } from "../saga/decide/decide.js";
import type { SagaDefinition } from "../saga/define/definition.js";
import type { Effect, Event } from "../saga/store/effects.js";
import { effectKey, messageId, type Side } from "../saga/store/ids.js";
import { type Instance, nextDue } from "../saga/store/instance.js";
import type { HistoryRow, SagaStatus } from "../saga/store/saga-store.js";
import type { Failure } from "../wire/failure.js";
import { fake } from "./fake.js";
import { describeEffect, type Expectation, type GivenEvent } from "./given-dsl.js";

/** Which command an answer is for, when it is not the one that is open. */
export interface Addressee {
  /** @default the latest */
  readonly attempt?: number;
  /** @default the latest */
  readonly round?: number;
}

/**
 * Starts a saga at time 0, by default with a valid input that is made up.
 * @example
 * given(createOrder, order)
 *   .then(call(restaurant.createTicket, { orderId: 1 }))
 *   .when(reply("ticket", { ticketId: 200 }))
 *   .then(call(accounting.authorizeCard))
 *   .when(failure("payment", "cardRefused"))
 *   .thenCompensates(["ticket"])
 *   .thenEnds("compensated");
 */
export function given<Input>(definition: SagaDefinition<Input>, input?: Input): GivenSaga {
  return new GivenSaga(definition, (input ?? madeUp(definition)) as Json);
}

function madeUp({ type, input }: SagaDefinition): unknown {
  if (!("~standard" in input)) return fake(input);
  throw new SagaspecError("invalid-usage", `given: saga '${type}' has a schema that makes no data; pass an input`);
}

/** A saga in a test. `when...` lets something happen, `then...` checks what it did, and throws when it did not. */
export class GivenSaga {
  /** Milliseconds since the start. */
  now = 0;
  /** Why the last event changed nothing; undefined when it was applied. */
  ignored: string | undefined;
  /** What was to be carried out after the last event. */
  effects: readonly Effect[] = [];
  readonly history: HistoryRow[] = [];
  /** Effects that are open, by key. */
  readonly open: Map<string, Effect> = new Map();
  readonly #definition: SagaDefinition;
  #instance: Instance | undefined;

  constructor(definition: SagaDefinition, input: Json) {
    this.#definition = definition;
    this.when({ type: "start", at: 0, id: "saga-1", input });
  }

  get instance(): Instance {
    if (!this.#instance) throw new Error("the saga has not started");
    return this.#instance;
  }

  /** Something happens, in the words of this module; or any event at all. */
  when(event: GivenEvent | Event): this {
    if (!("occurs" in event)) return this.#decide(event);
    switch (event.occurs) {
      case "reply":
        return this.whenReplied(event.step, event.reply);
      case "failure":
        return this.whenFailed(event.step, event.failure);
      case "undone":
        return this.whenUndone(event.step);
      case "time passes":
        return this.whenTimePasses();
    }
  }

  /** The last event made the saga do exactly this, in any order; nothing at all without an expectation. */
  // biome-ignore lint/suspicious/noThenProperty: it reads as what it is, and an `await` of it is taken for what it is
  then(...expected: readonly (Expectation | PromiseReaction)[]): this {
    const [first] = expected;
    // A test that returns this object is awaited: nothing more is expected of it then.
    if (typeof first === "function") {
      first(undefined);
      return this;
    }
    const wanted = expected.filter((one) => typeof one !== "function");
    const done = this.effects.map(describeEffect).map(({ does, payload }) => {
      const isNamed = wanted.some((one) => one.does === does && one.payload === undefined);
      return isNamed || payload === undefined ? { does } : { does, payload };
    });
    deepStrictEqual(done.sort(byWords), [...wanted].sort(byWords), this.#mismatch(done, wanted));
    return this;
  }

  #decide(event: Event): this {
    const decision = decide(this.#definition, this.#instance, event);
    this.ignored = "ignore" in decision ? decision.ignore : undefined;
    this.effects = "ignore" in decision ? [] : decision.effects;
    if (!("ignore" in decision)) this.#apply(decision);
    return this;
  }

  /** A success for what a step does. */
  whenReplied(step: string, reply: Json = null, to: Addressee = {}): this {
    return this.when({ type: "outcome", at: this.now, ...this.#address(step, "do", to), ok: reply });
  }

  /** A failure for what a step does; with a name alone it is one that the contract declares. */
  whenFailed(step: string, failure: Failure | string, to: Addressee = {}): this {
    return this.when({ type: "outcome", at: this.now, ...this.#address(step, "do", to), failure: failureOf(failure) });
  }

  /** A success for a step's compensation. */
  whenUndone(step: string, to: Addressee = {}): this {
    return this.when({ type: "outcome", at: this.now, ...this.#address(step, "undo", to), ok: null });
  }

  /** A failure for a step's compensation. */
  whenUndoFailed(step: string, failure: Failure | string, to: Addressee = {}): this {
    return this.when({
      type: "outcome",
      at: this.now,
      ...this.#address(step, "undo", to),
      failure: failureOf(failure),
    });
  }

  /** The next thing that is due occurs: a timeout, or the end of a backoff. */
  whenTimePasses(): this {
    this.now = nextDue(this.instance) ?? this.now;
    return this.when({ type: "wake", at: this.now });
  }

  /** The last event sent exactly this message, and nothing else. */
  thenSends(operation: string, payload?: Json): this {
    const sent = this.effects.map((effect) =>
      effect.type === "send" ? effect.operation : `${effect.type} ${effect.id}`,
    );
    deepStrictEqual(sent, [operation]);
    const [effect] = this.effects;
    if (payload !== undefined && effect?.type === "send") deepStrictEqual(effect.payload, payload);
    return this;
  }

  /** The last event started exactly this function, and nothing else. */
  thenRuns(step: string): this {
    const runs = this.effects.map((effect) => (effect.type === "run" ? effect.step : `${effect.type} ${effect.id}`));
    deepStrictEqual(runs, [step]);
    return this;
  }

  /** The last event had nothing carried out. */
  thenDoesNothing(): this {
    deepStrictEqual(this.effects, []);
    return this;
  }

  /** From here on every compensation succeeds; they are these, in this order. */
  thenCompensates(steps: readonly string[]): this {
    const seen: string[] = [];
    for (let step = this.#undoing(); step !== undefined; step = this.#undoing()) {
      seen.push(step);
      this.whenUndone(step);
    }
    deepStrictEqual(seen, steps);
    return this;
  }

  /** The saga stands there, with no command open if that is an end. */
  thenEnds(status: SagaStatus): this {
    deepStrictEqual(this.instance.status, status);
    return this;
  }

  #mismatch(done: readonly Expectation[], wanted: readonly Expectation[]): string | undefined {
    if (isDeepStrictEqual(done, wanted)) return undefined;
    const list = (all: readonly Expectation[]) =>
      all.length === 0
        ? "nothing"
        : all.map(({ does, payload }) => `${does} ${JSON.stringify(payload) ?? ""}`.trim()).join(", ");
    const ignored = this.ignored === undefined ? "" : `; the last event was ignored as ${this.ignored}`;
    return `the saga does: ${list(done)}; expected: ${list(wanted)}${ignored}`;
  }

  #undoing(): string | undefined {
    return Object.entries(this.instance.steps).find(([, record]) => record.status === "undoing")?.[0];
  }

  #apply(decision: Decision): void {
    this.#instance = decision.next;
    this.history.push(...decision.records);
    for (const key of decision.closed) this.open.delete(key);
    for (const effect of decision.effects) this.open.set(effectKey(effect), effect);
  }

  #address(step: string, side: Side, to: Addressee): { readonly of: string; readonly attempt: number } {
    const record = this.instance.steps[step];
    const task = side === "do" ? record?.do : record?.undo;
    const of = messageId(this.instance.id, step, side, to.round ?? task?.round ?? 1);
    return { of, attempt: to.attempt ?? task?.attempt ?? 1 };
  }
}

function failureOf(failure: Failure | string): Failure {
  if (typeof failure !== "string") return failure;
  return { kind: "declared", name: failure, message: failure, payload: {} };
}

type PromiseReaction = (value: undefined) => unknown;

function byWords(one: Expectation, other: Expectation): number {
  return one.does < other.does ? -1 : 1;
}
