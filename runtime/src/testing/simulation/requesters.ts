/** Clients of the operations that sagas answer. Each sends its request again and again, until there is a reply. */

import type { Incoming } from "../../messaging/transport.js";
import { encodeMessage } from "../../wire/message-writer.js";
import type { AnyRequest } from "../../wire/operations.js";
import { decodeReply } from "../../wire/reply-reader.js";
import { madeUpExtras } from "./awaited-events.js";
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

  /** Sends a request until it is answered. */
  async request(id: string, operation: AnyRequest, payload: unknown, saga: OpenRequest["saga"]): Promise<void> {
    const { broker, time, fail } = this.#system;
    const open: OpenRequest = { operation, saga, isAnswered: false };
    this.#requests.set(id, open);
    try {
      while (!open.isAnswered) {
        const meta = { id, correlationId: id, replyTo: this.#address, sentAt: time.now };
        await broker.accept(encodeMessage(operation, payload, { ...madeUpExtras(operation, 1), ...meta }));
        await time.pause(repeatAfterMs);
      }
    } catch (error) {
      fail(error);
    }
  }

  /** Requests without a reply whose saga does not itself wait for an operator. */
  waiting(): string[] {
    const { ledger } = this.#system;
    const isHeld = ({ saga }: OpenRequest) => {
      const row = ledger.rows.get(ledger.idOf(...saga) ?? "");
      return row?.status === "needs-attention" && ledger.rests(row);
    };
    const waiting = [...this.#requests].filter(([, request]) => !request.isAnswered && !isHeld(request));
    return waiting.map(([id]) => `${id} has no answer`);
  }

  #receive(incoming: Incoming): void {
    const { ledger, trace, reportViolation } = this.#system;
    incoming.settle("ack");
    const open = this.#requests.get(incoming.correlationId ?? "");
    if (!open) return;
    const reply = decodeReply(open.operation, incoming);
    if ("failure" in reply && reply.failure.kind === "retryable") return;
    open.isAnswered = true;
    const id = ledger.idOf(...open.saga) ?? "";
    trace(() => `requester: the reply for ${id} says that it ${"ok" in reply ? "is completed" : "has turned back"}`);
    if ("ok" in reply !== ledger.hasCompleted(id)) reportViolation(`${id}: its requester was told of another end`);
  }
}
