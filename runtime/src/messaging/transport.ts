import type { Endpoint, Incoming, Outgoing } from "../wire/message.js";

export type { Endpoint, Incoming, Message, Outgoing, Settlement } from "../wire/message.js";

/**
 * What became of a message.
 * - `accepted`: the broker has it
 * - `unroutable`: the broker has no queue for it; it is in none
 * - `unknown`: the broker did not say in time; it may or may not have the message
 * - {@link Refused}: the broker, or its client library, did not take the message; it is in no queue
 */
export type SendResult = "accepted" | "unroutable" | "unknown" | Refused;

/** A message that was definitely not taken. */
export interface Refused {
  /** What the broker or its client library said. */
  readonly refused: string;
  /** Whether the same message may be taken later, as when a queue is full. False for one that is too large, for example. */
  readonly retryable: boolean;
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
  /** Calls `heard` each time that `address` has become another one, in an outage for example. Absent: it never does. */
  readonly onRenamed?: (heard: () => void) => void;
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
    /** Whether a message that nobody is there to receive is `unroutable`; else only one whose address there is not. */
    readonly knowsReceivers: boolean;
  };
  /**
   * Refuses what can never be carried, before anything is sent or heard.
   * @throws SagaspecError `invalid-usage` that names the operation
   */
  check?(endpoints: readonly Endpoint[]): void;
  /** Whether one source takes commands of every value of its address parameters. @default it does not */
  opensParameters?(endpoint: Endpoint): boolean;
  /** Declares or verifies what the sources need, or only says what it would do. */
  prepare(sources: readonly Source[], mode: "declare" | "verify" | "plan"): Promise<readonly string[]>;
  /** One result a message, in order. Never rejects for one of them; every wait is bounded. */
  send(batch: readonly Outgoing[]): Promise<readonly SendResult[]>;
  subscribe(
    from: Source,
    options: { readonly prefetch: number },
    on: (batch: readonly Incoming[]) => void,
  ): Promise<Subscription>;
  /** Stops every subscription, lets what is being sent finish, and releases every connection and timer. */
  close(): Promise<void>;
}
