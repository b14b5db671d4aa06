import type { Clock } from "../clock.js";
import { durationMs } from "../duration.js";
import type { Incoming, Outgoing, Sent, Source, Transport } from "../transport.js";
import { correlationValue } from "../wire/correlation.js";
import { type Place, readPath } from "../wire/expression.js";
import { formatOf, type MessageFormat } from "../wire/message-format.js";
import { planOf, replyEndpoint } from "../wire/operation-plan.js";
import type { AnyRequest, Located } from "../wire/operations.js";
import { decodeReply, encodeMessage } from "../wire/wire.js";
import { bounded } from "./bounded.js";
import { type CallOptions, metaOf } from "./call-options.js";
import { errorOf, inUse, notConnected, timedOut } from "./request-errors.js";
import { senderOf, unroutable } from "./sender.js";

export interface RequesterOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onLateReply: (reply: Incoming) => void;
}

interface OpenRequest {
  /** Of the request's message. */
  readonly id: string;
  readonly operation: AnyRequest;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What requests carry so that answers arrive here; nothing where the document fixes the channel. */
interface ReplyAddress {
  readonly replyTo?: string;
}

// A window of replies: they are settled as they arrive, so it bounds one batch and not what is open.
const prefetch = 1_000;

// So many ids are tried before a request is refused: enough to find the last free number of a hundred, mostly.
const attemptsAtUnique = 200;

/** Sends requests and brings each reply to the call that waits for it. */
export class Requester {
  readonly #transport: Transport;
  readonly #options: RequesterOptions;
  readonly #send: (message: Outgoing) => Promise<Sent>;
  readonly #open = new Map<string, OpenRequest>();
  readonly #addresses = new Map<string, ReplyAddress | Promise<ReplyAddress>>();
  readonly #declaredPlaces: readonly { readonly place: Place; readonly format: MessageFormat }[];

  constructor(transport: Transport, operations: readonly Located[], options: RequesterOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#send = senderOf(transport);
    this.#declaredPlaces = declaredPlaces(operations);
  }

  async request(operation: AnyRequest, payload: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { clock } = this.#options;
    const signal = options?.signal;
    signal?.throwIfAborted();
    const timeoutMs = timeoutOf(operation, options, this.#options.timeoutMs);
    const deadline = clock.now() + timeoutMs;
    const replies = this.#replies(operation);
    // Connecting may wait for a broker for long.
    const late = () => notConnected(operation, timeoutMs);
    const { replyTo } =
      replies instanceof Promise ? await bounded(replies, { clock, ms: timeoutMs, late, signal }) : replies;
    const now = clock.now();
    const meta = metaOf(options, now);
    const encode = (correlationId: string) =>
      encodeMessage(operation, payload, {
        ...meta,
        correlationId,
        expiresAt: deadline,
        ...(replyTo !== undefined && { replyTo }),
      });
    const outgoing = this.#unique(operation, meta.id, encode);
    return this.#exchange(operation, outgoing, deadline - now, timeoutMs, signal);
  }

  /** Where the contract asks for a small number, two ids may give the same one: then another id is taken. */
  #unique(operation: AnyRequest, id: string, encode: (correlationId: string) => Outgoing): Outgoing {
    const first = encode(id);
    let outgoing = first;
    for (let salt = 1; salt <= attemptsAtUnique; salt += 1) {
      const [native, declared] = correlationIds(operation, outgoing);
      const isOurs = declared !== undefined && !this.#open.has(native as string);
      if (!isOurs || !this.#open.has(declared)) return outgoing;
      outgoing = encode(`${id}.${salt}`);
    }
    return first;
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
        for (const id of ids) this.#open.delete(id);
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
      for (const id of ids) this.#open.set(id, request);
      this.#send(outgoing).then((sent) => {
        // A message that nobody confirmed may have arrived all the same: its reply, or the timeout, will tell.
        if (sent === "unroutable") request.reject(unroutable(operation.id, outgoing));
      }, request.reject);
    });
  }

  /** One subscription for the replies of the client, and one for each channel that a document fixes for them. */
  #replies(operation: AnyRequest): ReplyAddress | Promise<ReplyAddress> {
    const fixed = replyEndpoint(operation);
    const key = fixed?.address ?? "";
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    const source: Source = fixed ? { ...fixed, durable: false } : { repliesOf: this.#options.name, durable: false };
    const subscribing = this.#transport
      .subscribe(source, { prefetch }, (batch) => this.#receive(batch))
      .then(
        ({ address }) => {
          const replies = fixed ? {} : { replyTo: address };
          this.#addresses.set(key, replies);
          return replies;
        },
        (error) => {
          // The next request tries again.
          this.#addresses.delete(key);
          throw error;
        },
      );
    this.#addresses.set(key, subscribing);
    return subscribing;
  }

  #receive(batch: readonly Incoming[]): void {
    for (const reply of batch) {
      reply.settle("ack");
      const request = this.#requestOf(reply);
      // Where requests and replies share a channel, the request comes back as well.
      if (request?.id === reply.id && reply.id !== "") continue;
      if (request) settle(request, reply);
      else this.#options.onLateReply(reply);
    }
  }

  #requestOf(reply: Incoming): OpenRequest | undefined {
    const declared = this.#declared(reply, "headers");
    if (declared) return declared;
    const native = reply.correlationId === undefined ? undefined : this.#open.get(reply.correlationId);
    return native ?? this.#declared(reply, "payload");
  }

  #declared(reply: Incoming, part: Place["part"]): OpenRequest | undefined {
    for (const { place, format } of this.#declaredPlaces) {
      if (place.part !== part) continue;
      const value = part === "headers" ? readPath(reply.headers, place.path) : payloadAt(format, reply, place);
      const request = value === undefined || value === null ? undefined : this.#open.get(String(value));
      if (request) return request;
    }
    return undefined;
  }
}

function payloadAt(format: MessageFormat, reply: Incoming, place: Place): unknown {
  try {
    return readPath(format.decode(reply.body, "reply"), place.path);
  } catch {
    return undefined;
  }
}

function declaredPlaces(operations: readonly Located[]) {
  const places = new Map<string, { readonly place: Place; readonly format: MessageFormat }>();
  for (const { operation } of operations) {
    if (operation.kind !== "request") continue;
    for (const message of [...operation.reply.success, ...Object.values(operation.reply.failure ?? {})]) {
      const format = formatOf(message);
      if (format.correlation) places.set(message.correlationId as string, { place: format.correlation, format });
    }
  }
  return [...places.values()];
}

/** The ids under which a reply may come back: the protocol's, and the one in the declared place if it differs. */
function correlationIds(operation: AnyRequest, { correlationId }: Outgoing): readonly string[] {
  const id = correlationId as string;
  const { format } = planOf(operation);
  if (!format.correlation) return [id];
  const declared = String(correlationValue(format.correlationSchema, id));
  return declared === id ? [id] : [id, declared];
}

function settle(request: OpenRequest, reply: Incoming): void {
  const result = decodeReply(request.operation, reply, "program");
  if ("ok" in result) request.resolve(result.ok === null ? undefined : result.ok);
  else request.reject(errorOf(request.operation, result.failure));
}

function timeoutOf(operation: AnyRequest, options: CallOptions | undefined, fallbackMs: number): number {
  return options?.timeout === undefined ? (operation.timeoutMs ?? fallbackMs) : durationMs(options.timeout);
}
