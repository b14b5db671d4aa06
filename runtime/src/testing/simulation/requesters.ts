/** Clients of the operations that sagas answer. Each sends its request again and again, until there is a reply. */

import { SagaspecError } from "../../core/errors.js";
import type { Incoming } from "../../messaging/transport.js";
import { encodeMessage } from "../../wire/message-writer.js";
import type { AnyRequest } from "../../wire/operations.js";
import { decodeReply } from "../../wire/reply-reader.js";
import { madeUpExtras } from "./awaited-events.js";
import { isMalformed } from "./message-faults.js";
import { startClient } from "./processes.js";
import type { System } from "./system.js";

interface OpenRequest {
  readonly operation: AnyRequest;
  /** Type and business key of the saga that answers. */
  readonly saga: readonly [type: string, key: string];
  isAnswered: boolean;
}

const repeatAfterMs = 7_000;

export class Requesters {
  readonly #system: System;
  /** By correlation id. */
  readonly #requests = new Map<string, OpenRequest>();
  #address = "";

  constructor(system: System) {
    this.#system = system;
  }

  async listen(): Promise<void> {
    const source = { repliesOf: "askers", durable: true } as const;
    const { address } = await this.#system.broker.inner.subscribe(source, { prefetch: 1_000 }, (batch) => {
      for (const incoming of batch) this.#receive(incoming);
    });
    this.#address = address;
  }

  /** Sends a request until it is answered: by hand, or as our own client does. */
  async request(id: string, operation: AnyRequest, payload: unknown, saga: OpenRequest["saga"]): Promise<void> {
    const { injector, fail } = this.#system;
    const open: OpenRequest = { operation, saga, isAnswered: false };
    this.#requests.set(id, open);
    const isClient = injector.chance(`client of ${id}`) < 0.5;
    try {
      await (isClient ? this.#call(id, open, payload) : this.#send(id, open, payload));
    } catch (error) {
      fail(error);
    }
  }

  async #send(id: string, open: OpenRequest, payload: unknown): Promise<void> {
    const { broker, time } = this.#system;
    const { operation } = open;
    while (!open.isAnswered) {
      const meta = { id, correlationId: id, replyTo: this.#address, sentAt: time.now };
      await broker.accept(encodeMessage(operation, payload, { ...madeUpExtras(operation, 1), ...meta }), false);
      await time.pause(repeatAfterMs);
    }
  }

  async #call(id: string, open: OpenRequest, payload: unknown): Promise<void> {
    const { time } = this.#system;
    const { operation } = open;
    const client = startClient(`client ${id}`, this.#system, operation);
    const options = { ...madeUpExtras(operation, 1), messageId: id, timeout: repeatAfterMs };
    while (!open.isAnswered) {
      const call = client.program?.call(payload, options).then(() => true, hasTurnedBack);
      // A program that dies meanwhile says nothing.
      const isCompleted = await Promise.race([call, time.pause(2 * repeatAfterMs)]);
      if (typeof isCompleted === "boolean") this.#answered(open, isCompleted);
      else await time.pause(1_000);
    }
  }

  /** Requests without a reply whose saga does not itself wait for an operator. */
  waiting(): string[] {
    const { ledger, broker } = this.#system;
    const isHeld = ({ saga }: OpenRequest) => {
      const row = ledger.rows.get(ledger.idOf(...saga) ?? "");
      return row?.status === "needs-attention" && ledger.rests(row);
    };
    const waiting = [...this.#requests].filter(
      // The broker may take no reply at all.
      ([id, request]) => !request.isAnswered && !isHeld(request) && !broker.refusedForGood.has(id),
    );
    return waiting.map(([id]) => `${id} has no answer`);
  }

  #receive(incoming: Incoming): void {
    incoming.settle("ack");
    const open = this.#requests.get(incoming.correlationId ?? "");
    // One that nobody can read is no answer: the request is sent once more.
    if (!open || isMalformed(incoming)) return;
    const reply = decodeReply(open.operation, incoming);
    if ("failure" in reply && reply.failure.kind === "retryable") return;
    this.#answered(open, "ok" in reply);
  }

  #answered(open: OpenRequest, isCompleted: boolean): void {
    const { ledger, trace, reportViolation } = this.#system;
    open.isAnswered = true;
    const id = ledger.idOf(...open.saga) ?? "";
    trace(() => `requester: the reply for ${id} says that it ${isCompleted ? "is completed" : "has turned back"}`);
    if (isCompleted !== ledger.hasCompleted(id)) reportViolation(`${id}: its requester was told of another end`);
  }
}

/** False for an error with which the saga says that it has turned back; undefined for one that says nothing of it. */
function hasTurnedBack(error: unknown): false | undefined {
  const isAnswer = error instanceof SagaspecError && (error.code === "request-failed" || error.code === "remote-error");
  return isAnswer && !error.retryable ? false : undefined;
}
