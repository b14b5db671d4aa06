/** Whoever asks for sagas by the operations that they answer: again and again, until there is an answer. */

import type { Incoming } from "../../messaging/transport.js";
import { encodeMessage } from "../../wire/message-writer.js";
import type { AnyRequest } from "../../wire/operations.js";
import { decodeReply } from "../../wire/reply-reader.js";
import type { Broker } from "./broker.js";
import type { Surroundings } from "./incarnation.js";
import type { Ledger, ReportViolation } from "./ledger.js";

export interface RequestersOptions {
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly around: Surroundings;
  readonly accuse: ReportViolation;
}

interface Question {
  readonly operation: AnyRequest;
  /** Type and business key of the saga that answers. */
  readonly saga: readonly [type: string, key: string];
  isAnswered: boolean;
}

const patienceMs = 7_000;

export class Requesters {
  readonly #options: RequestersOptions;
  /** By correlation id. */
  readonly #questions = new Map<string, Question>();
  #address = "";

  constructor(options: RequestersOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    const source = { repliesOf: "askers", durable: true } as const;
    const { address } = await this.#options.broker.inner.subscribe(source, { prefetch: 1_000 }, (batch) => {
      for (const incoming of batch) this.#hear(incoming);
    });
    this.#address = address;
  }

  /** Sends a request until it is answered. */
  async ask(id: string, operation: AnyRequest, payload: unknown, saga: Question["saga"]): Promise<void> {
    const { broker, around } = this.#options;
    const question: Question = { operation, saga, isAnswered: false };
    this.#questions.set(id, question);
    while (!question.isAnswered) {
      const meta = { id, correlationId: id, replyTo: this.#address, sentAt: around.time.now };
      await broker.accept(encodeMessage(operation, payload, meta));
      await around.time.pause(patienceMs);
    }
  }

  /** Who waits for an answer that is to be had: not of a saga that itself waits for somebody to look at it. */
  waiting(): string[] {
    const { ledger } = this.#options;
    const isHeld = ({ saga }: Question) => {
      const row = ledger.rows.get(ledger.idOf(...saga) ?? "");
      return row?.status === "needs-attention" && ledger.rests(row);
    };
    const waiting = [...this.#questions].filter(([, question]) => !question.isAnswered && !isHeld(question));
    return waiting.map(([id]) => `${id} has no answer`);
  }

  #hear(incoming: Incoming): void {
    const { ledger, around, accuse } = this.#options;
    incoming.settle("ack");
    const question = this.#questions.get(incoming.correlationId ?? "");
    if (!question) return;
    const answer = decodeReply(question.operation, incoming);
    if ("failure" in answer && answer.failure.kind === "retryable") return;
    question.isAnswered = true;
    const id = ledger.idOf(...question.saga) ?? "";
    around.trace(() => `asker: is told of ${id} that it ${"ok" in answer ? "is completed" : "has turned back"}`);
    if ("ok" in answer !== ledger.hasCompleted(id)) accuse(`${id}: whoever asked for it was told of another end`);
  }
}
