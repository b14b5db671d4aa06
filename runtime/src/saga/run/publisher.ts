/**
 * Sends committed messages straight from memory, pipelined. What the broker has confirmed is cleared from the store with
 * a commit that comes by, unless the answer is faster; what a crash leaves, a sweep sends again.
 */
import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";
import { fastMerge } from "../../core/fast-merge.js";
import { isRefused, refusedError } from "../../messaging/sender.js";
import type { Outgoing, Refused, SendResult, Transport } from "../../messaging/transport.js";
import { encodeMessage, type MessageMeta } from "../../wire/message-writer.js";
import { replyEndpoint } from "../../wire/operation-plan.js";
import type { Effect } from "../store/effects.js";
import { effectKey, parseMessageId } from "../store/ids.js";
import type { Definitions } from "./definitions.js";
import type { StoreTime } from "./store-time.js";

export type SendEffect = Extract<Effect, { type: "send" }>;

const batchSize = 256;
const batchesInFlight = 4;
/** Most commands are answered sooner: what their answer closes needs no clearing. */
const clearAfterMs = 500;

export interface PublisherOutlets {
  /** The message definitely arrived nowhere, and may arrive later: the broker has no queue for it, or refused it for now. */
  undeliverable(effect: SendEffect, refused: string | undefined): void;
  /** The message can never be sent: the contract does not allow its payload, or the broker does not take it. */
  unsendable(effect: SendEffect, error: unknown): void;
  problem(error: unknown): void;
}

export class Publisher {
  readonly #transport: Transport;
  readonly #definitions: Definitions;
  readonly #time: StoreTime;
  readonly #outlets: PublisherOutlets;
  readonly #replyTo: () => string;
  readonly #waiting = new Map<string, SendEffect>();
  /** Keys of what the transport has been given and not yet judged. */
  readonly #sending = new Set<string>();
  /** Commands that a transport without memory was given: what it is known to have. */
  readonly #entrusted = new Set<string>();
  /** What has been carried out, and when, the first in front. */
  readonly #confirmed = new Map<string, number>();
  #inFlight = 0;
  #scheduled = false;
  readonly #waitingForIdle: (() => void)[] = [];

  constructor(
    transport: Transport,
    definitions: Definitions,
    time: StoreTime,
    replyTo: () => string,
    outlets: PublisherOutlets,
  ) {
    this.#transport = transport;
    this.#definitions = definitions;
    this.#time = time;
    this.#replyTo = replyTo;
    this.#outlets = outlets;
  }

  publish(effect: SendEffect): void {
    this.#waiting.set(effectKey(effect), effect);
    this.#schedule();
  }

  /** Not to be sent any more, or no longer of interest. */
  cancel(key: string): void {
    this.#waiting.delete(key);
    this.#sending.delete(key);
    this.#entrusted.delete(key);
    this.#confirmed.delete(key);
  }

  /** Whether the transport, which forgets when it restarts, has been given the message by this process. */
  isEntrusted(key: string): boolean {
    return this.#entrusted.has(key) || this.#sending.has(key) || this.#waiting.has(key);
  }

  /** An effect that is no message has been carried out: its row goes with the others. */
  confirm(key: string): void {
    this.#confirmed.set(key, this.#time.now());
  }

  /** Keys to be cleared: of a while ago, or of whatever age when there will be no later. */
  takeConfirmed(all: boolean): readonly string[] {
    const until = all ? Number.POSITIVE_INFINITY : this.#time.now() - clearAfterMs;
    const taken: string[] = [];
    for (const [key, at] of this.#confirmed) {
      if (at > until) break;
      taken.push(key);
      this.#confirmed.delete(key);
    }
    return taken;
  }

  /** Resolves when everything has been sent. */
  async idle(): Promise<void> {
    while (this.#inFlight > 0 || this.#waiting.size > 0) {
      await new Promise<void>((resolve) => this.#waitingForIdle.push(resolve));
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= batchesInFlight || this.#waiting.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      void this.#sendBatch();
      this.#schedule();
    });
  }

  async #sendBatch(): Promise<void> {
    const { effects, messages } = this.#takeBatch();
    this.#inFlight += 1;
    try {
      const verdicts = messages.length > 0 ? await this.#transport.send(messages) : [];
      for (const [index, effect] of effects.entries()) this.#sent(effect, verdicts[index] ?? "unknown");
    } catch (error) {
      // Their rows are still there: a sweep sends them when the transport is back.
      for (const effect of effects) this.#sending.delete(effectKey(effect));
      this.#outlets.problem(error);
    } finally {
      this.#inFlight -= 1;
      this.#schedule();
      if (this.#inFlight === 0 && this.#waiting.size === 0) for (const done of this.#waitingForIdle.splice(0)) done();
    }
  }

  #takeBatch(): { effects: SendEffect[]; messages: Outgoing[] } {
    const effects: SendEffect[] = [];
    const messages: Outgoing[] = [];
    const now = this.#time.now();
    for (const [key, effect] of this.#waiting) {
      if (effects.length === batchSize) break;
      this.#waiting.delete(key);
      // Its attempt ends without it: nobody would act on the message.
      if (effect.expiresAt !== undefined && effect.expiresAt <= now) continue;
      const message = this.#encode(effect, now);
      if (!message) continue;
      this.#sending.add(key);
      effects.push(effect);
      messages.push(message);
    }
    return { effects, messages };
  }

  #encode(effect: SendEffect, now: number): Outgoing | undefined {
    const operation = this.#definitions.operation(effect.operation);
    const id = parseMessageId(effect.id);
    if (!operation || !id) {
      const text = `saga message ${effect.id}: no saga registered here has the operation "${effect.operation}"`;
      const hint = "register the version of the saga that sends it";
      this.#outlets.problem(new SagaspecError("unknown-operation", `${text}; ${hint}`));
      return undefined;
    }
    try {
      const ours = { "saga-id": id.instance, "saga-step": id.path };
      const headers: { [name: string]: Json } = fastMerge(effect.headers, ours);
      if (effect.undoes !== undefined) headers.undoes = effect.undoes;
      const meta: { -readonly [Part in keyof MessageMeta]: MessageMeta[Part] } = {
        id: effect.id,
        sentAt: now,
        headers,
      };
      if (effect.correlationId !== undefined) {
        meta.correlationId = effect.correlationId;
        if (!replyEndpoint(operation)) meta.replyTo = this.#replyTo();
      }
      const address = effect.address ?? this.#definitions.addressOf(operation, effect.payload);
      if (address !== undefined) meta.address = address;
      if (effect.parameters) meta.parameters = effect.parameters;
      if (effect.expiresAt !== undefined) meta.expiresAt = effect.expiresAt;
      return encodeMessage(operation, effect.payload, meta);
    } catch (error) {
      this.#outlets.unsendable(effect, error);
      return undefined;
    }
  }

  #sent(effect: SendEffect, verdict: SendResult): void {
    const key = effectKey(effect);
    // Its answer was faster than this verdict.
    if (!this.#sending.delete(key)) return;
    const isAnswered = effect.correlationId !== undefined;
    // An event that nobody listens to has been told; a command stays until somebody does.
    const isTold = this.#definitions.operation(effect.operation)?.action === "send" && !isAnswered;
    if (verdict === "accepted" || (verdict === "unroutable" && isTold)) {
      if (this.#transport.traits.durable || !isAnswered) this.confirm(key);
      else this.#entrusted.add(key);
    } else if (verdict === "unroutable") this.#outlets.undeliverable(effect, undefined);
    else if (isRefused(verdict)) this.#refused(effect, verdict);
  }

  #refused(effect: SendEffect, verdict: Refused): void {
    const error = refusedError(effect.operation, verdict);
    const isAnswered = effect.correlationId !== undefined;
    if (!isAnswered || !verdict.retryable) this.#outlets.problem(error);
    if (!verdict.retryable) {
      if (!isAnswered) this.confirm(effectKey(effect));
      this.#outlets.unsendable(effect, error);
      // What has no answer stays: a sweep sends it again.
    } else if (isAnswered) this.#outlets.undeliverable(effect, verdict.refused);
  }
}
