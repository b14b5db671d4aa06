import type { Bindings, Json } from "../codegen.js";

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
}

export interface Outgoing extends Message {
  readonly to: Endpoint | { readonly reply: string };
}

/** What became of a message: `unroutable` when nobody listens there, `unknown` when the broker did not say in time. */
export type SendResult = "accepted" | "unroutable" | "unknown";

/** What becomes of a delivery: done, once more after `retryIn` milliseconds, or set aside with a reason. */
export type Settlement = "ack" | { readonly retryIn: number } | { readonly dead: string };

export interface Incoming extends Message {
  /** How often it has been delivered, this time included. */
  readonly deliveries: number;
  /** The concrete address it was sent to, where the source had parameters open. */
  readonly address?: string;
  /** Kafka offset, stream id, ...: identifies the delivery when `id` is absent on the wire. */
  readonly position?: string;
  /** Exactly once per delivery. Synchronous: the transport gathers acknowledgements. */
  settle(verdict: Settlement): void;
}

/**
 * Where messages come from. The members of a `group` share them; without one, every subscriber gets a copy.
 * `repliesOf` names a shared queue of replies: durable ones survive a restart of every subscriber. With `expiresMs` what
 * has gathered goes, and the queue with it, once nobody has subscribed for so long.
 */
export type Source =
  | (Endpoint & { readonly group?: string; readonly durable: boolean; readonly expiresMs?: number })
  | { readonly repliesOf: string; readonly durable: boolean; readonly expiresMs?: number };

export interface Subscription {
  /** What to write into `replyTo` so that answers arrive here. */
  readonly address: string;
  /** Whether what others send arrives: not while the connection is lost, nor while the broker is known to take nothing. */
  connected(): boolean;
  /** Milliseconds since 1970 from which on it has been connected with room in its window; undefined while not. */
  idleSince(): number | undefined;
  /** Takes no more messages, and waits until the ones handed out are settled. */
  stop(): Promise<void>;
}

/** A broker, in as few words as it takes. Implementations share one conformance suite. */
export interface Transport {
  readonly traits: {
    /** Whether an accepted message survives a restart of the broker. */
    readonly durable: boolean;
    /** Whether an unsettled message is delivered again. */
    readonly redelivers: boolean;
    readonly expires: boolean;
    readonly order: "none" | "key" | "all";
  };
  /** Declares or verifies what the sources need, or only says what it would do. */
  prepare(sources: readonly Source[], mode: "declare" | "verify" | "plan"): Promise<readonly string[]>;
  /** One verdict a message, in order. Never rejects for one of them; every wait is bounded. */
  send(batch: readonly Outgoing[]): Promise<readonly SendResult[]>;
  subscribe(
    from: Source,
    options: { readonly prefetch: number },
    on: (batch: readonly Incoming[]) => void,
  ): Promise<Subscription>;
  /** Stops every subscription, lets what is being sent finish, and releases every connection and timer. */
  close(): Promise<void>;
}
