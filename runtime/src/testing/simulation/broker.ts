/** The broker that all processes share, and the ways to it on which messages meet with misfortune. */

import type { Incoming, Outgoing, SendResult, Settlement } from "../../messaging/transport.js";
import { createMemoryTransport, type MemoryTransport } from "../../transports/memory/transport.js";
import { encodeMessage } from "../../wire/message-writer.js";
import type { AnySend } from "../../wire/operations.js";
import type { Surroundings } from "./incarnation.js";
import type { Ledger, ReportViolation } from "./ledger.js";

/** A reply may wait in its queue that long before a timeout of its command means that nobody listened. */
const unheardMs = 1_500;
const republishMs = 300;

export class Broker {
  readonly inner: MemoryTransport;
  readonly #around: Surroundings;
  readonly #ledger: Ledger;
  /** By correlation id: since when a reply waits in its queue. */
  readonly #waitingReplies = new Map<string, number>();
  readonly #behindMs: number;
  #underWay = 0;

  constructor(around: Surroundings, ledger: Ledger) {
    const { time, misfortune } = around;
    // A broker whose clock is behind delivers what has expired: whether that may be acted on is the participants' to see.
    this.#behindMs = misfortune.strikes("skew", "broker") ? misfortune.ms("skew of broker", 0, 4_000) : 0;
    this.inner = createMemoryTransport({
      clock: { now: () => time.now - this.#behindMs, after: (ms, wake) => time.after(ms, wake) },
    });
    this.#around = around;
    this.#ledger = ledger;
  }

  /** Whether no message is on its way, waits to be delivered, or is in somebody's hands. */
  isQuiet(): boolean {
    return this.#underWay === 0 && this.inner.queues().every(({ waiting }) => waiting === 0);
  }

  /** What the broker says of a moment, as a moment of everybody's time. */
  momentOf(broker: number | undefined): number | undefined {
    return broker === undefined ? undefined : broker + this.#behindMs;
  }

  /** Takes a message, or loses it, or takes it twice, or late. */
  async accept(message: Outgoing): Promise<SendResult> {
    const { misfortune, trace } = this.#around;
    const site = misfortune.site(labelOf(message));
    const isConfirmed = !misfortune.strikes("unconfirmed", site);
    if (!isConfirmed && misfortune.chance(`arrives ${site}`) < 0.5) return "unknown";
    const isMissed = message.correlationId !== undefined;
    if (isMissed && misfortune.strikes("drop", site)) {
      trace(() => `broker: loses ${site}`);
      return isConfirmed ? "accepted" : "unknown";
    }
    const copies = misfortune.strikes("duplicate", site) ? 2 : 1;
    let verdict: SendResult = "accepted";
    for (let copy = 1; copy <= copies; copy++) {
      const delayMs = this.#delayOf(`${site} copy ${copy}`);
      if (delayMs > 0) this.#later(delayMs, message);
      else verdict = await this.#take(message);
    }
    return isConfirmed ? verdict : "unknown";
  }

  /** Sends an event again and again, until somebody has it who listens. */
  async publish(operation: AnySend, payload: unknown, id: string): Promise<void> {
    const { time } = this.#around;
    const message = encodeMessage(operation, payload, { id, sentAt: time.now });
    while ((await this.accept(message)) !== "accepted") await time.pause(republishMs);
  }

  /** A message has left its queue. */
  handedOut(incoming: Incoming): void {
    this.#underWay += 1;
    if (incoming.correlationId !== undefined) this.#waitingReplies.delete(incoming.correlationId);
  }

  /** A message is gone, or will be in its queue again. */
  settled({ correlationId, replyTo }: Incoming, verdict: Settlement): void {
    const retryInMs = typeof verdict === "object" && "retryIn" in verdict ? verdict.retryIn : undefined;
    this.#around.time.after(retryInMs ?? 0, () => {
      this.#underWay -= 1;
    });
    if (retryInMs !== undefined && correlationId !== undefined && replyTo === undefined) this.#waits(correlationId);
  }

  /** A saga gives up waiting for the answer to a command: it should have listened before. */
  judgeTimeout(key: string, at: number, accuse: ReportViolation): void {
    const since = this.#waitingReplies.get(key);
    if (since !== undefined && at - since > unheardMs) {
      accuse(`${key}: timed out while its answer had been waiting in the broker for ${at - since} ms, unheard`);
    }
  }

  #delayOf(site: string): number {
    const { misfortune } = this.#around;
    if (misfortune.strikes("delay", site)) return misfortune.ms(`delay of ${site}`, 500, 12_000);
    return misfortune.strikes("reorder", site) ? misfortune.ms(`detour of ${site}`, 1, 200) : 0;
  }

  #later(ms: number, message: Outgoing): void {
    this.#underWay += 1;
    this.#around.time.after(ms, () => {
      this.#underWay -= 1;
      void this.#take(message).then((verdict) => {
        // It was accepted, and nobody would miss it.
        if (verdict === "unroutable" && message.correlationId === undefined) this.#later(republishMs, message);
      });
    });
  }

  async #take(message: Outgoing): Promise<SendResult> {
    this.#around.trace(() => `broker: has ${labelOf(message)}`);
    const [verdict = "unknown"] = await this.inner.send([message]);
    const { correlationId, to } = message;
    const isAwaited = correlationId !== undefined && this.#ledger.awaits(correlationId);
    if (verdict === "accepted" && "reply" in to && isAwaited) this.#waits(correlationId);
    return verdict;
  }

  #waits(correlationId: string): void {
    if (!this.#waitingReplies.has(correlationId)) this.#waitingReplies.set(correlationId, this.#around.time.now);
  }
}

/** A message, by what does not depend on chance: not every id is the same when a history is repeated. */
export function labelOf(message: Outgoing): string {
  const { to, type, correlationId } = message;
  return `${type} to ${"reply" in to ? "requester" : to.address} ${correlationId ?? message.headers["saga-id"] ?? ""}`.trim();
}
