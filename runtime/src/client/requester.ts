import type { Json, RequestOptions } from "../codegen.js";
import type { Clock } from "../core/clock.js";
import { durationMs } from "../core/duration.js";
import { withTimeout } from "../core/timing.js";
import { uuidv7 } from "../core/uuid.js";
import { isRefused, refusedError, senderOf, unroutable } from "../messaging/sender.js";
import type {
  Endpoint,
  Incoming,
  Outgoing,
  SendResult,
  Source,
  Subscription,
  Transport,
} from "../messaging/transport.js";
import { encodeMessage } from "../wire/message-writer.js";
import { replyEndpoint } from "../wire/operation-plan.js";
import type { AnyRequest, Located } from "../wire/operations.js";
import { decodeReply } from "../wire/reply-reader.js";
import { traced } from "../wire/trace.js";
import { closedError, errorOf, inUse, notConnected, timedOut } from "./errors.js";
import { type Identified, type OpenRequest, OpenRequests } from "./open-requests.js";

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
  #closed = false;

  constructor(transport: Transport, operations: readonly Located[], options: RequesterOptions) {
    this.#options = options;
    this.#send = senderOf(transport);
    this.#open = new OpenRequests(operations);
    this.#replies = new ReplyAddresses(transport, options.name, {
      receive: (batch) => this.#receive(batch),
      renamed: () => this.#renamed(),
    });
  }

  async request(operation: AnyRequest, payload: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { clock } = this.#options;
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (this.#closed) throw closedError(this.#options.name);
    const timeoutMs = timeoutOf(operation, options, this.#options.timeoutMs);
    const deadline = clock.now() + timeoutMs;
    const replies = this.#replies.of(operation);
    // Connecting may wait for a broker for long.
    const late = () => notConnected(operation, timeoutMs);
    const address =
      replies instanceof Promise ? await withTimeout(replies, { clock, ms: timeoutMs, late, signal }) : replies;
    const now = clock.now();
    const meta = metaOf(options, now);
    const encode = (correlationId: string) => {
      const { replyTo } = address;
      const more = { correlationId, expiresAt: deadline, ...(replyTo !== undefined && { replyTo }) };
      return encodeMessage(operation, payload, { ...meta, ...more });
    };
    return this.#exchange(operation, this.#open.unique(operation, meta.id, encode), deadline - now, timeoutMs, signal);
  }

  /** Ends the requests that are open, and the subscriptions to their replies. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#open.rejectAll(closedError(this.#options.name));
    await this.#replies.stop();
  }

  /**
   * What is answered from now on to the reply queue of before is lost: the open requests are sent once more, under the
   * ids that they have, by which a service recognises what it has executed.
   */
  #renamed(): void {
    for (const request of this.#open.all()) request.sendAgain();
  }

  #exchange(
    operation: AnyRequest,
    { outgoing, ids, encodeAgain }: Identified,
    leftMs: number,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
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
        sendAgain: () => send(encodeAgain()),
        resolve(value) {
          end();
          resolve(value);
        },
        reject(error) {
          end();
          reject(error);
        },
      };
      const send = (message: Outgoing) =>
        this.#send(message).then((sent) => {
          // A message that nobody confirmed may have arrived all the same: its reply, or the timeout, will tell.
          if (sent === "unroutable") request.reject(unroutable(operation.id, message));
          else if (isRefused(sent)) request.reject(refusedError(operation.id, sent));
        }, request.reject);
      const abort = () => request.reject(signal?.reason);
      const cancel = this.#options.clock.after(leftMs, () => request.reject(timedOut(operation, timeoutMs)), true);
      signal?.addEventListener("abort", abort, { once: true });
      this.#open.add(ids, request);
      void send(outgoing);
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
/** Options of a client's method, whatever its operation asks for. */
export type CallOptions = RequestOptions & { readonly parameters?: { readonly [name: string]: string } };

/** What a call's options say of the message. */
export function metaOf(
  options: CallOptions | undefined,
  now: number,
): {
  readonly id: string;
  readonly sentAt: number;
  readonly headers?: { readonly [name: string]: Json };
  readonly parameters?: { readonly [name: string]: string };
  readonly address?: string;
} {
  const headers = traced(options?.headers);
  return {
    id: options?.messageId ?? uuidv7(now),
    sentAt: now,
    ...(headers && { headers }),
    ...(options?.parameters && { parameters: options.parameters }),
    ...(options?.address !== undefined && { address: options.address }),
  };
}
/** What requests carry so that answers arrive here, as it is when it is read; nothing where the document fixes the channel. */
export interface ReplyAddress {
  readonly replyTo?: string;
}

// A window of replies: they are settled as they arrive, so it bounds one batch and not what is open.
const prefetch = 1_000;

interface RepliesUse {
  receive(batch: readonly Incoming[]): void;
  /** The private replies arrive at another address from now on. */
  renamed(): void;
}

/** One subscription for the replies of a client, and one for each channel that a document fixes for them. */
export class ReplyAddresses {
  readonly #transport: Transport;
  readonly #client: string;
  readonly #use: RepliesUse;
  /** By the address that a document fixes; the private one's is empty. */
  readonly #known = new Map<string, Subscription | Promise<Subscription>>();

  constructor(transport: Transport, client: string, use: RepliesUse) {
    this.#transport = transport;
    this.#client = client;
    this.#use = use;
  }

  /** Where the replies to the operation arrive now: a private queue may have another name after a lost connection. */
  of(operation: AnyRequest): ReplyAddress | Promise<ReplyAddress> {
    const fixed = replyEndpoint(operation);
    const addressOf = (subscription: Subscription): ReplyAddress =>
      fixed
        ? {}
        : {
            get replyTo() {
              return subscription.address;
            },
          };
    const subscription = this.#subscribe(fixed);
    return subscription instanceof Promise ? subscription.then(addressOf) : addressOf(subscription);
  }

  async stop(): Promise<void> {
    const subscriptions = await Promise.allSettled(this.#known.values());
    this.#known.clear();
    await Promise.allSettled(subscriptions.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
  }

  /** Subscribes with the first request. */
  #subscribe(fixed: Endpoint | undefined): Subscription | Promise<Subscription> {
    const key = fixed?.address ?? "";
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const source: Source = fixed ? { ...fixed, durable: false } : { repliesOf: this.#client, durable: false };
    const subscribing = this.#transport.subscribe(source, { prefetch }, this.#use.receive).then(
      (subscription) => {
        this.#known.set(key, subscription);
        return subscription;
      },
      (error) => {
        // The next request tries again.
        this.#known.delete(key);
        throw error;
      },
    );
    this.#known.set(key, subscribing);
    subscribing.then((subscription) => subscription.onRenamed?.(this.#use.renamed)).catch(() => {});
    return subscribing;
  }
}
