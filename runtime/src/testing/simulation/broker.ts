/** The broker that all processes share. Faults happen to the messages on their way to it. */

import type { Incoming, Outgoing, Refused, SendResult, Settlement } from "../../messaging/transport.js";
import { lifecycleOperations } from "../../saga/lifecycle/effects.js";
import { createMemoryTransport, type MemoryTransport } from "../../transports/memory/transport.js";
import { encodeMessage, type MessageMeta } from "../../wire/message-writer.js";
import { planOf, requireEndpoint } from "../../wire/operation-plan.js";
import type { AnySend } from "../../wire/operations.js";
import type { SimulationContext } from "./context.js";
import type { Ledger } from "./ledger.js";
import { malformed, originalId, unstorable } from "./message-faults.js";

/** A reply may wait in its queue that long before a timeout of its command means that nobody listened. */
const unheardMs = 1_500;
const republishMs = 300;

export class Broker {
  readonly inner: MemoryTransport;
  readonly #context: SimulationContext;
  readonly #ledger: Ledger;
  /** By correlation id: since when a reply waits in its queue. */
  readonly #waitingReplies = new Map<string, number>();
  /** Ids of the messages that the broker has refused for good; of replies their correlation ids as well. */
  readonly refusedForGood: Set<string> = new Set();
  /** Labels of the messages that the broker has taken. */
  readonly #accepted = new Set<string>();
  /** Labels of the messages that the broker has refused. */
  readonly #refused = new Set<string>();
  /** By correlation id: when the broker first refused a command for good. */
  readonly #refusedCommands = new Map<string, number>();
  readonly #behindMs: number;
  #underWay = 0;

  constructor(context: SimulationContext, ledger: Ledger) {
    const { time, injector } = context;
    // A broker whose clock is behind delivers what has expired: whether that may be acted on is the participants' to see.
    this.#behindMs = injector.injects("skew", "broker") ? injector.ms("skew of broker", 0, 4_000) : 0;
    this.inner = createMemoryTransport({
      clock: { now: () => time.now - this.#behindMs, after: (ms, wake) => time.after(ms, wake) },
    });
    this.#context = context;
    this.#ledger = ledger;
  }

  /** Whether no message is on its way, waits to be delivered, or is in somebody's hands. */
  isQuiet(): boolean {
    return this.#underWay === 0 && this.inner.queues().every(({ waiting }) => waiting === 0);
  }

  /** Converts a moment of the broker's clock to one of the simulation's. */
  momentOf(broker: number | undefined): number | undefined {
    return broker === undefined ? undefined : broker + this.#behindMs;
  }

  /** Takes a message, or does not; loses it, or takes it twice, late, or not as it was. For good it refuses processes only. */
  async accept(original: Outgoing, isProcess = true): Promise<SendResult> {
    const { injector, trace } = this.#context;
    const label = labelOf(original);
    const site = injector.site(label);
    const refusal = this.#refusalOf(label, site, isProcess);
    if (refusal && !refusal.retryable) {
      this.refusedForGood.add(original.id);
      if ("reply" in original.to) this.refusedForGood.add(original.correlationId ?? "");
      else if (original.correlationId !== undefined && !this.#refusedCommands.has(original.correlationId))
        this.#refusedCommands.set(original.correlationId, this.#context.time.now);
    }
    if (refusal) return refusal;
    this.#accepted.add(label);
    const message = await this.#tamperedWith(original, site);
    const isConfirmed = !injector.injects("unconfirmed", site);
    if (!isConfirmed && injector.chance(`arrives ${site}`) < 0.5) return "unknown";
    const isMissed = message.correlationId !== undefined;
    if (isMissed && injector.injects("drop", site)) {
      trace(() => `broker: loses ${site}`);
      return isConfirmed ? "accepted" : "unknown";
    }
    const copies = injector.injects("duplicate", site) ? 2 : 1;
    let result: SendResult = "accepted";
    for (let copy = 1; copy <= copies; copy++) {
      const delayMs = this.#delayOf(`${site} copy ${copy}`);
      if (delayMs > 0) this.#later(delayMs, message);
      else result = await this.#take(message);
    }
    return isConfirmed ? result : "unknown";
  }

  /** Sends an event again and again, until it is in the queue of a subscriber. */
  async publish(operation: AnySend, payload: unknown, meta: Omit<MessageMeta, "sentAt">): Promise<void> {
    const { time, fail } = this.#context;
    try {
      const message = encodeMessage(operation, payload, { ...meta, sentAt: time.now });
      while ((await this.accept(message, false)) !== "accepted") await time.pause(republishMs);
    } catch (error) {
      fail(error);
    }
  }

  /** A message has left its queue. */
  handedOut(incoming: Incoming): void {
    this.#underWay += 1;
    if (incoming.correlationId !== undefined) this.#waitingReplies.delete(incoming.correlationId);
  }

  /** A message is gone, or will be in its queue again. */
  settled({ correlationId, replyTo }: Incoming, settlement: Settlement): void {
    const retryInMs = typeof settlement === "object" && "retryIn" in settlement ? settlement.retryIn : undefined;
    this.#context.time.after(retryInMs ?? 0, () => {
      this.#underWay -= 1;
    });
    if (retryInMs !== undefined && correlationId !== undefined && replyTo === undefined) this.#waits(correlationId);
  }

  /** A saga gives up waiting for the reply to a command: then that reply has not been waiting in its queue for long. */
  checkTimeout(key: string, at: number): void {
    const { injector, time, reportViolation } = this.#context;
    const refusedAt = this.#refusedCommands.get(key);
    const isLate = refusedAt !== undefined && at - refusedAt > unheardMs;
    if (isLate && injector.isQuietSince(refusedAt - time.startedAt))
      reportViolation(`${key}: timed out, though the broker had said that it does not take it`);
    const since = this.#waitingReplies.get(key);
    if (since !== undefined && at - since > unheardMs) {
      const waited = `${at - since} ms`;
      reportViolation(`${key}: timed out while its answer had been waiting in the broker for ${waited}, unheard`);
    }
  }

  /** What is refused for good is so each time, and for now at first. */
  #refusalOf(label: string, site: string, isProcess: boolean): Refused | undefined {
    const { injector, trace } = this.#context;
    // What it has taken once it would take again.
    const isNew = !this.#accepted.has(label);
    const isForGood = isProcess && isNew && injector.chance(`refused for good ${label}`) < 0.3;
    if (!(isForGood && this.#refused.has(label)) && !injector.injects("refused", site)) return undefined;
    this.#refused.add(label);
    trace(() => `broker: refuses ${site}${isForGood ? " for good" : ""}`);
    const refused = isForGood ? "simulation: it is too large" : "simulation: its queue is full";
    return { refused, retryable: !isForGood };
  }

  /** The message as it arrives. A malformed or unstorable one comes beside it, such a reply in its place. */
  async #tamperedWith(message: Outgoing, site: string): Promise<Outgoing> {
    const { injector, trace } = this.#context;
    const isReply = "reply" in message.to;
    if (injector.injects("malformed", site)) {
      const broken = malformed(message, injector.chance(`malformed how ${site}`));
      trace(() => `broker: has a malformed ${labelOf(message)}`);
      if (isReply) return broken;
      await this.inner.send([broken]);
    }
    const isStored = isReply || ("action" in message.to && message.to.action === "send");
    const strange = isStored && injector.injects("unstorable", site) ? unstorable(message) : undefined;
    if (strange && isReply) return strange;
    if (strange) await this.inner.send([strange]);
    return message;
  }

  #delayOf(site: string): number {
    const { injector } = this.#context;
    if (injector.injects("delay", site)) return injector.ms(`delay of ${site}`, 500, 12_000);
    return injector.injects("reorder", site) ? injector.ms(`detour of ${site}`, 1, 200) : 0;
  }

  #later(ms: number, message: Outgoing): void {
    this.#underWay += 1;
    this.#context.time.after(ms, () => {
      this.#underWay -= 1;
      void this.#take(message).then((result) => {
        // It was accepted, and nobody would miss it.
        if (result === "unroutable" && message.correlationId === undefined) this.#later(republishMs, message);
      });
    });
  }

  async #take(message: Outgoing): Promise<SendResult> {
    this.#context.trace(() => `broker: has ${labelOf(message)}`);
    const [result = "unknown"] = await this.inner.send([message]);
    const { correlationId, to } = message;
    const isAwaited = correlationId !== undefined && this.#ledger.awaits(correlationId);
    if (result === "accepted" && "reply" in to && isAwaited) this.#waits(correlationId);
    return result;
  }

  #waits(correlationId: string): void {
    if (!this.#waitingReplies.has(correlationId)) this.#waitingReplies.set(correlationId, this.#context.time.now);
  }
}

/** Subscribes to the lifecycle events of sagas. The set that it returns collects the ids of those that come. */
export async function listenToLifecycle({ inner }: Broker): Promise<ReadonlySet<string>> {
  const received = new Set<string>();
  const endpoints = [...lifecycleOperations.values()].map((operation) => requireEndpoint(planOf(operation)));
  const addresses = new Map(endpoints.map((endpoint) => [endpoint.address, endpoint]));
  for (const endpoint of addresses.values()) {
    await inner.subscribe({ ...endpoint, group: "listener", durable: true }, { prefetch: 1_000 }, (batch) => {
      for (const incoming of batch) {
        received.add(originalId(incoming.id));
        incoming.settle("ack");
      }
    });
  }
  return received;
}

/** A name for a message that is the same when a history is repeated; not every id is. */
function labelOf(message: Outgoing): string {
  const { to, type, correlationId } = message;
  return `${type} to ${"reply" in to ? "requester" : to.address} ${correlationId ?? message.headers["saga-id"] ?? ""}`.trim();
}
