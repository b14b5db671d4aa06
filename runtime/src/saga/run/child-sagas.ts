/**
 * What sagas do to one another. Each of these effects is a durable row until the other saga has committed what follows
 * from it, and may be carried out twice: the other saga is found by an id that the decision has made.
 */

import { isPermanent, SagaspecError } from "../../core/errors.js";
import { validatedInput } from "../define/input.js";
import type { Effect, Event } from "../store/effects.js";
import { effectKey, parseMessageId } from "../store/ids.js";
import type { Definitions } from "./definitions.js";
import type { MailboxEntry, Settled } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

export type ChildSagaEffect = Extract<Effect, { type: "child" | "undo-child" | "report" }>;

const mostRemembered = 10_000;

export interface ChildSagasOptions {
  readonly definitions: Definitions;
  readonly time: StoreTime;
  submit(id: string, item: MailboxEntry): void;
  /** The effect has been carried out. */
  confirm(key: string): void;
  /** Only a worker with the other saga's definition can carry it out. */
  handOver(sagaId: string, keys: readonly string[]): void;
  problem(error: unknown): void;
}

export class ChildSagas {
  readonly #options: ChildSagasOptions;
  /** What is being carried out here. */
  readonly #inHand = new Set<string>();
  /** Keys of what has been handed over: this worker may come by it again. */
  readonly #handedOver = new Set<string>();

  constructor(options: ChildSagasOptions) {
    this.#options = options;
  }

  carry(effect: ChildSagaEffect): void {
    const key = effectKey(effect);
    if (this.#inHand.has(key)) return;
    this.#inHand.add(key);
    if (effect.type === "report") this.#report(effect);
    else void this.#startChild(effect).catch((error) => this.#settled(effect, asError(error)));
  }

  async #startChild(effect: Extract<ChildSagaEffect, { type: "child" | "undo-child" }>): Promise<void> {
    const { definitions, time, submit } = this.#options;
    const definition = definitions.of(effect.saga);
    if (!definition) throw definitions.missing(effect.saga);
    const { sagaId } = effect;
    const parent = effect.type === "child" ? effect.id : effect.id.replace(/\/undo\/\d+$/, "/do/1");
    const input = await validatedInput(definition, effect.input);
    const start = () => ({ type: "start", at: time.now(), id: sagaId, input, parent }) as const;
    const isStart = effect.type === "child";
    const settled = (how: Settled) => (isStart ? this.#settled(effect, how) : undefined);
    submit(sagaId, { needsFreshRow: false, starts: definition, event: start, settled });
    if (isStart) return;
    const event = () => ({ type: "undo", at: time.now(), of: effect.id }) as const;
    submit(sagaId, { needsFreshRow: true, event, settled: (how) => this.#settled(effect, how) });
  }

  /** Tells the parent, in its own words: how the step has ended, or its undoing. */
  #report(effect: Extract<ChildSagaEffect, { type: "report" }>): void {
    const { to } = effect;
    const about = parseMessageId(to);
    if (!about) throw new SagaspecError("invalid-usage", `saga report: '${to}' names no step`);
    const event = () => reportOf(effect, about.side, this.#options.time.now());
    this.#options.submit(about.instance, { needsFreshRow: true, event, settled: (how) => this.#settled(effect, how) });
  }

  #settled(effect: ChildSagaEffect, how: Settled): void {
    this.#inHand.delete(effectKey(effect));
    // The row stays: whoever has the definition, or this worker a little later, takes it up.
    if (how === "unowned") this.#handOver(effect);
    if (how === "unowned" || how === "abandoned") return;
    if (how === "unknown-saga" && effect.type === "undo-child") this.#fail(effect, "the child saga is long over");
    if (how instanceof Error) {
      this.#options.problem(how);
      // A definition that is missing here is there elsewhere.
      if (how instanceof SagaspecError && !isPermanent(how)) return;
      this.#fail(effect, how.message);
    }
    this.#options.confirm(effectKey(effect));
  }

  #handOver(effect: ChildSagaEffect): void {
    const key = effectKey(effect);
    const sagaId = parseMessageId(effect.id)?.instance;
    if (sagaId === undefined || this.#handedOver.has(key)) return;
    if (this.#handedOver.size >= mostRemembered) this.#handedOver.clear();
    this.#handedOver.add(key);
    this.#options.handOver(sagaId, [key]);
  }

  #fail(effect: ChildSagaEffect, message: string): void {
    const id = parseMessageId(effect.id)?.instance;
    if (id === undefined) return;
    const failure = { kind: "terminal", name: "child", message } as const;
    const event = (): Event => ({ type: "outcome", at: this.#options.time.now(), of: effect.id, attempt: 1, failure });
    this.#options.submit(id, { needsFreshRow: false, event, settled: () => {} });
  }
}

function reportOf(
  { to, status, results }: Extract<ChildSagaEffect, { type: "report" }>,
  side: "do" | "undo",
  at: number,
): Event {
  if (status === "needs-attention") return { type: "attention", at, of: to };
  const outcome = { type: "outcome", at, of: to, attempt: 1 } as const;
  if (side === "undo") return { ...outcome, ok: null };
  if (status === "completed") return { ...outcome, ok: results };
  return { ...outcome, failure: { kind: "terminal", name: status, message: `the child saga was ${status}` } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
