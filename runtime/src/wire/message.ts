import type { Bindings, Json } from "../codegen.js";
import type { AnyOperation } from "./operations.js";

/** A message on its way: bytes and what the protocol says of them. */
export interface Message {
  readonly id: string;
  /** The message's name in the contract. */
  readonly type: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Protocols without typed headers (Kafka, NATS, HTTP) carry anything but a string as JSON text. */
  readonly headers: { readonly [name: string]: Json };
  readonly correlationId?: string;
  /** A token that only this transport reads: give it back in {@link Outgoing.to}. */
  readonly replyTo?: string;
  /** Messages of one key keep their order where the protocol can keep it. */
  readonly partitionKey?: string;
  /** Milliseconds since 1970. Nobody acts on the message afterwards. */
  readonly expiresAt?: number;
  readonly sentAt: number;
}

/** A channel of a service, with its address filled in. `{name}` in the address of a source is a parameter left open. */
export interface Endpoint {
  readonly address: string;
  readonly service: string;
  /** Whether `service` receives what arrives here (commands) or sends it (events): decides the default topology. */
  readonly action: "receive" | "send";
  readonly bindings?: Bindings;
  /** The operations whose messages go there. Of a message that is sent it is one; absent where there is no contract. */
  readonly operations?: readonly AnyOperation[];
  /** The address with its parameters still open, and values of these and of others, where the message has any. */
  readonly template?: string;
  readonly parameters?: { readonly [name: string]: string };
  /** Whether it is where replies to the operation arrive, and not its requests. */
  readonly isForReplies?: true;
}

export interface Outgoing extends Message {
  readonly to: Endpoint | { readonly reply: string };
}

/** What becomes of a delivery: done, once more after `retryIn` milliseconds, or set aside with a reason. */
export type Settlement = "ack" | { readonly retryIn: number } | { readonly dead: string };

export interface Incoming extends Message {
  /** How often it has been delivered, this time included. */
  readonly deliveries: number;
  /** The concrete address it was sent to, where the source had parameters open. */
  readonly address?: string;
  /** Values of parameters, where the protocol tells them by itself. @default what the address says */
  readonly parameters?: { readonly [name: string]: string };
  /** Whether `id` is a key that the sender has chosen: under it another payload is the sender's mistake. */
  readonly isChosenId?: true;
  /** Kafka offset, stream id, ...: identifies the delivery when `id` is absent on the wire. */
  readonly position?: string;
  /** Exactly once per delivery. Synchronous: the transport gathers acknowledgements. */
  settle(verdict: Settlement): void;
}
