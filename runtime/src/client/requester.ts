import type { Clock } from "../core/clock.js";
import { durationMs } from "../core/duration.js";
import { withTimeout } from "../core/with-timeout.js";
import { senderOf, unroutable } from "../messaging/sender.js";
import type { Incoming, Outgoing, SendResult, Transport } from "../messaging/transport.js";
import type { AnyRequest, Located } from "../wire/operations.js";
import { decodeReply, encodeMessage } from "../wire/wire.js";
import { type CallOptions, metaOf } from "./call-options.js";
import { correlationIds, type OpenRequest, OpenRequests } from "./open-requests.js";
import { ReplyAddresses } from "./reply-addresses.js";
import { errorOf, inUse, notConnected, timedOut } from "./request-errors.js";

export interface RequesterOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onLateReply: (reply: Incoming) => void;
}

/** Sends requests and brings each reply to the call that waits for it. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #send: (message: Outgoing) => Promise<SendResult>;
  readonly #open: OpenRequests;
  readonly #replies: ReplyAddresses;

  constructor(transport: Transport, operations: readonly Located[], options: RequesterOptions) {
    this.#options = options;
    this.#send = senderOf(transport);
    this.#open = new OpenRequests(operations);
    this.#replies = new ReplyAddresses(transport, options.name, (batch) => this.#receive(batch));
  }

  async request(operation: AnyRequest, payload: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { clock } = this.#options;
    const signal = options?.signal;
    signal?.throwIfAborted();
    const timeoutMs = timeoutOf(operation, options, this.#options.timeoutMs);
    const deadline = clock.now() + timeoutMs;
    const replies = this.#replies.of(operation);
    // Connecting may wait for a broker for long.
    const late = () => notConnected(operation, timeoutMs);
    const { replyTo } =
      replies instanceof Promise ? await withTimeout(replies, { clock, ms: timeoutMs, late, signal }) : replies;
    const now = clock.now();
    const meta = metaOf(options, now);
    const encode = (correlationId: string) =>
      encodeMessage(operation, payload, {
        ...meta,
        correlationId,
        expiresAt: deadline,
        ...(replyTo !== undefined && { replyTo }),
      });
    const outgoing = this.#open.unique(operation, meta.id, encode);
    return this.#exchange(operation, outgoing, deadline - now, timeoutMs, signal);
  }

  #exchange(
    operation: AnyRequest,
    outgoing: Outgoing,
    leftMs: number,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const ids = correlationIds(operation, outgoing);
    const taken = ids.find((id) => this.#open.has(id));
    if (taken !== undefined) return Promise.reject(inUse(operation, taken));
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel();
        signal?.removeEventListener("abort", abort);
        this.#open.delete(ids);
      };
      const request: OpenRequest = {
        id: outgoing.id,
        operation,
        resolve(value) {
          end();
          resolve(value);
        },
        reject(error) {
          end();
          reject(error);
        },
      };
      const abort = () => request.reject(signal?.reason);
      const cancel = this.#options.clock.after(leftMs, () => request.reject(timedOut(operation, timeoutMs)), true);
      signal?.addEventListener("abort", abort, { once: true });
      this.#open.add(ids, request);
      this.#send(outgoing).then((sent) => {
        // A message that nobody confirmed may have arrived all the same: its reply, or the timeout, will tell.
        if (sent === "unroutable") request.reject(unroutable(operation.id, outgoing));
      }, request.reject);
    });
  }

  #receive(batch: readonly Incoming[]): void {
    for (const reply of batch) {
      reply.settle("ack");
      const request = this.#open.of(reply);
      // Where requests and replies share a channel, the request comes back as well.
      if (request?.id === reply.id && reply.id !== "") continue;
      if (request) settle(request, reply);
      else this.#options.onLateReply(reply);
    }
  }
}

function settle(request: OpenRequest, reply: Incoming): void {
  const result = decodeReply(request.operation, reply, "program");
  if ("ok" in result) request.resolve(result.ok === null ? undefined : result.ok);
  else request.reject(errorOf(request.operation, result.failure));
}

function timeoutOf(operation: AnyRequest, options: CallOptions | undefined, fallbackMs: number): number {
  return options?.timeout === undefined ? (operation.timeoutMs ?? fallbackMs) : durationMs(options.timeout);
}
