import type { Incoming, Source, Transport } from "../messaging/transport.js";
import { replyEndpoint } from "../wire/operation-plan.js";
import type { AnyRequest } from "../wire/operations.js";

/** What requests carry so that answers arrive here; nothing where the document fixes the channel. */
export interface ReplyAddress {
  readonly replyTo?: string;
}

// A window of replies: they are settled as they arrive, so it bounds one batch and not what is open.
const prefetch = 1_000;

/** One subscription for the replies of a client, and one for each channel that a document fixes for them. */
export class ReplyAddresses {
  readonly #transport: Transport;
  readonly #client: string;
  readonly #receive: (batch: readonly Incoming[]) => void;
  readonly #known = new Map<string, ReplyAddress | Promise<ReplyAddress>>();

  constructor(transport: Transport, client: string, receive: (batch: readonly Incoming[]) => void) {
    this.#transport = transport;
    this.#client = client;
    this.#receive = receive;
  }

  /** Where the replies to the operation arrive. Subscribes with the first request. */
  of(operation: AnyRequest): ReplyAddress | Promise<ReplyAddress> {
    const fixed = replyEndpoint(operation);
    const key = fixed?.address ?? "";
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const source: Source = fixed ? { ...fixed, durable: false } : { repliesOf: this.#client, durable: false };
    const subscribing = this.#transport.subscribe(source, { prefetch }, this.#receive).then(
      ({ address }) => {
        const replies = fixed ? {} : { replyTo: address };
        this.#known.set(key, replies);
        return replies;
      },
      (error) => {
        // The next request tries again.
        this.#known.delete(key);
        throw error;
      },
    );
    this.#known.set(key, subscribing);
    return subscribing;
  }
}
