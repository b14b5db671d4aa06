/** Carries effects out: those just committed, and those that a sweep finds lying. */
import { messageOf } from "../../core/errors.js";
import type { Incoming, Transport } from "../../messaging/transport.js";
import type { Failure } from "../../wire/failure.js";
import type { Effect, Event } from "../store/effects.js";
import { effectKey, parseMessageId } from "../store/ids.js";
import { type ChildSagaEffect, ChildSagas } from "./child-sagas.js";
import type { Definitions } from "./definitions.js";
import { parkedReply } from "./parked-replies.js";
import type { ChangePlan } from "./plan.js";
import { Publisher } from "./publisher.js";
import { type AnswerEffect, createRequesterReplies } from "./requester-replies.js";
import { type Run, RunExecutor } from "./run-executor.js";
import type { MailboxEntry } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

export interface EffectDispatcherOptions {
  readonly transport: Transport;
  readonly definitions: Definitions;
  readonly time: StoreTime;
  readonly maxRuns: number;
  readonly maxTransactions: number;
  /** Where replies arrive. */
  replyTo(): string;
  /** Adds something for a saga. */
  submit(id: string, item: MailboxEntry): void;
  /** Takes a reply that another worker has kept for this one. */
  reply(incoming: Incoming): void;
  /** What has become of an effect, for the saga it belongs to. */
  tell(id: string, event: Event): void;
  /** Leaves effects to workers that have the definition. */
  handOver(sagaId: string, keys: readonly string[]): void;
  /** Carries out a run that commits with its saga; undefined when it has, else why it has not. Never rejects. */
  transact(run: Run, signal: AbortSignal): Promise<Failure | undefined>;
  problem(error: unknown): void;
}

export class EffectDispatcher {
  readonly publisher: Publisher;
  readonly runs: RunExecutor;
  readonly children: ChildSagas;
  /** Answers whoever asked for a saga. */
  readonly answer: (effect: AnswerEffect) => Promise<void>;
  readonly #options: EffectDispatcherOptions;
  #isClosing = false;

  constructor(options: EffectDispatcherOptions) {
    const { transport, definitions, time, maxRuns, maxTransactions, problem } = options;
    this.#options = options;
    this.publisher = new Publisher(transport, definitions, time, options.replyTo, {
      undeliverable: (effect, refused) =>
        this.#tell(effect, { type: "undeliverable", ...(refused !== undefined && { refused }) }),
      unsendable: (effect, error) => this.#tell(effect, { type: "outcome", failure: invalidMessage(error) }),
      problem,
    });
    const confirm = (key: string) => this.publisher.confirm(key);
    this.answer = createRequesterReplies({ transport, time, sagas: definitions.all, confirm, problem });
    this.children = new ChildSagas({
      definitions,
      time,
      submit: options.submit,
      confirm,
      handOver: options.handOver,
      problem,
    });
    this.runs = new RunExecutor(maxRuns, maxTransactions, time.clock, {
      ended: (effect, outcome) => this.#tell(effect, { type: "outcome", ...outcome }),
      transact: async (run, signal) => {
        const failure = await options.transact(run, signal);
        if (failure) this.#tell(run.effect, { type: "outcome", failure });
      },
    });
  }

  /** A transition is durable: what it closed is withdrawn, what it opened is carried out. */
  committed({ change: { decision, commit }, definition }: ChangePlan): void {
    for (const key of commit.closed) {
      this.publisher.cancel(key);
      this.runs.abort(key);
    }
    for (const effect of commit.open) {
      if (effect.type === "send") this.publisher.publish(effect);
      else if (isOfChild(effect)) this.children.carry(effect);
      else if (effect.type === "answer") void this.answer(effect);
      else if (effect.type === "run" && !this.#isClosing) {
        this.runs.start({ effect, definition, instance: decision.next });
      }
    }
  }

  /** An effect whose row has lain untouched. What this worker has in hand is left alone. */
  unsent(effect: Effect): void {
    const key = effectKey(effect);
    if (effect.handedOver) this.#tell(effect, { type: "lost", begun: false });
    else if (effect.type === "run") {
      if (!this.runs.has(key)) this.#tell(effect, { type: "lost" });
    } else if (isOfChild(effect)) this.children.carry(effect);
    else if (effect.type === "answer") void this.answer(effect);
    else if (effect.type === "reply") {
      const { problem, reply } = this.#options;
      reply(parkedReply(effect, { confirm: () => this.publisher.confirm(key), problem }));
    } else if (effect.type === "send" && !this.publisher.isEntrusted(key)) {
      const isForgotten = !this.#options.transport.traits.durable && effect.correlationId !== undefined;
      if (isForgotten) this.#tell(effect, { type: "lost" });
      else this.publisher.publish(effect);
    }
  }

  /** Starts no function any more, and resolves when those that run have ended. */
  drainRuns(): Promise<void> {
    this.#isClosing = true;
    return this.runs.drain();
  }

  #tell(effect: Effect, what: What): void {
    const id = parseMessageId(effect.id)?.instance;
    if (id === undefined) return;
    this.#options.tell(id, { at: this.#options.time.now(), of: effect.id, attempt: effect.attempt, ...what });
  }
}

function isOfChild(effect: Effect): effect is ChildSagaEffect {
  return effect.type === "child" || effect.type === "undo-child" || effect.type === "report";
}

type What =
  | { readonly type: "undeliverable"; readonly refused?: string }
  | { readonly type: "lost"; readonly begun?: false }
  | { readonly type: "outcome"; readonly failure: Failure }
  | { readonly type: "outcome"; readonly ok: Extract<Event, { ok: unknown }>["ok"] };

/** Nothing has been sent: the payload is none that the contract allows. */
function invalidMessage(error: unknown): Failure {
  return { kind: "terminal", name: "invalid-message", message: messageOf(error) };
}
