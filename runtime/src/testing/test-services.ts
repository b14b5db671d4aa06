import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import type { Endpoint, Incoming, Transport } from "../messaging/transport.js";
import { parseEffectKey } from "../saga/store/ids.js";
import { matchMessage } from "../wire/match-message.js";
import { planOf, requireEndpoint } from "../wire/operation-plan.js";
import type { AnyOperation, AnyRequest } from "../wire/operations.js";
import { encodeReply, type ReplyContent, returnAddressOf } from "../wire/reply-writer.js";

/** Something that a saga has sent. */
export interface SentMessage<Payload = unknown> {
  /** Id of the operation. */
  readonly operation: string;
  readonly payload: Payload;
  /** `<saga>/<step>/<do|undo>/<round>` */
  readonly messageId: string;
  /** Counts from 1. */
  readonly attempt: number;
}

interface Received {
  readonly sent: SentMessage;
  readonly incoming: Incoming;
  isExpected: boolean;
  isOpen: boolean;
}

/** Takes whatever is sent to any service, and answers when it is told to. */
export class TestServices {
  readonly #transport: Transport;
  readonly #now: () => number;
  readonly #received: Received[] = [];

  constructor(transport: Transport, now: () => number) {
    this.#transport = transport;
    this.#now = now;
  }

  get sent(): readonly SentMessage[] {
    return this.#received.map(({ sent }) => sent);
  }

  async listen(operations: readonly AnyOperation[]): Promise<void> {
    const addresses = new Map<string, { readonly endpoint: Endpoint; readonly operations: AnyOperation[] }>();
    for (const operation of operations) {
      const endpoint = requireEndpoint(planOf(operation));
      const known = addresses.get(endpoint.address);
      if (known) known.operations.push(operation);
      else addresses.set(endpoint.address, { endpoint, operations: [operation] });
    }
    for (const { endpoint, operations: here } of addresses.values()) {
      const candidates = here.map((operation) => ({
        operation,
        format: planOf(operation).format,
        subject: operation.id,
      }));
      const source = { ...endpoint, group: endpoint.service, durable: true };
      await this.#transport.subscribe(source, { prefetch: 1_000 }, (batch) => {
        for (const incoming of batch) {
          const choice = matchMessage(candidates, incoming);
          if ("candidate" in choice) this.#record(choice.candidate.operation, choice.payload, incoming);
          incoming.settle("ack");
        }
      });
    }
  }

  /** The oldest message that was not yet expected. */
  expect(operation: AnyOperation, payload: unknown): SentMessage {
    const unexpected = this.#received.filter(({ isExpected }) => !isExpected);
    const found = unexpected.find(({ sent }) => sent.operation === operation.id);
    if (!found) throw wrong(`${operation.id} was not sent`, unexpected);
    if (payload !== undefined && !isDeepStrictEqual(found.sent.payload, payload)) {
      const message = `${operation.id} was sent with another payload`;
      throw new AssertionError({ message, actual: found.sent.payload, expected: payload, operator: "deepStrictEqual" });
    }
    found.isExpected = true;
    return found.sent;
  }

  expectNothing(): void {
    const unexpected = this.#received.filter(({ isExpected }) => !isExpected);
    if (unexpected.length > 0) throw wrong("nothing more should have been sent", unexpected);
  }

  /** The oldest command of the operation that has not been answered, which it counts as from here on. */
  take(operation: AnyRequest): { readonly sent: SentMessage; readonly incoming: Incoming } {
    const open = this.#received.filter(({ isOpen }) => isOpen);
    const found = open.find(({ sent }) => sent.operation === operation.id);
    if (!found) throw wrong(`no ${operation.id} waits for an answer`, open);
    found.isOpen = false;
    found.isExpected = true;
    return found;
  }

  /** Answers a command that was taken. */
  async answer(
    operation: AnyRequest,
    { sent, incoming }: ReturnType<TestServices["take"]>,
    reply: ReplyContent,
  ): Promise<void> {
    const address = returnAddressOf(operation, incoming, sent.payload);
    if (!address.to) throw wrong(`${operation.id} does not say where to answer`, []);
    const meta = { id: `reply to ${incoming.correlationId}`, sentAt: this.#now(), headers: undefined };
    await this.#transport.send([encodeReply(operation, reply, { ...address, to: address.to }, meta)]);
  }

  #record(operation: AnyOperation, payload: unknown, incoming: Incoming): void {
    const { id: messageId, correlationId = "" } = incoming;
    const attempt = parseEffectKey(correlationId)?.attempt ?? 1;
    const sent = { operation: operation.id, payload, messageId, attempt };
    // The next attempt takes the place of the one before: an answer answers both.
    for (const other of this.#received) if (other.sent.messageId === messageId) other.isOpen = false;
    this.#received.push({ sent, incoming, isExpected: false, isOpen: operation.kind === "request" });
  }
}

function wrong(what: string, instead: readonly Received[]): AssertionError {
  const lines = instead.map(({ sent }) => `  ${sent.operation} ${JSON.stringify(sent.payload)}, as ${sent.messageId}`);
  const message = lines.length === 0 ? `${what}; there is nothing else` : `${what}; there is:\n${lines.join("\n")}`;
  return new AssertionError({ message });
}
