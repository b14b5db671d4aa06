import type { Outgoing } from "./transport.js";

/** A message of an outbox that is to be sent. */
export interface Kept {
  readonly id: string;
  readonly message: Outgoing;
  /** How often it has been taken, this time included. */
  readonly tries: number;
}

/**
 * Messages that are kept in the transaction of whoever sends them, and sent once it has committed: rolled back, they were
 * never there. At least once, under the id that they were given.
 */
export interface Outbox {
  /**
   * Keeps messages in a transaction that the caller has begun. Synchronous where the database is.
   * @throws SagaspecError `invalid-usage` for what is no connection of this database
   */
  add(tx: unknown, messages: readonly Outgoing[]): void | Promise<void>;
  /**
   * Committed messages that nobody has in hand, the oldest first. Whoever takes one has it for half a minute, then for
   * longer from time to time, up to five minutes; then it is there to be taken again. Undefined once the store is closed.
   */
  take(limit: number): Promise<readonly Kept[] | undefined>;
  /** These were sent, or never can be. */
  remove(ids: readonly string[]): Promise<void>;
}

/** How long a message is in the hand of whoever has taken it for the n-th time, in milliseconds. */
export const firstHoldMs = 30_000;
export const longestHoldMs = 300_000;

/** A message as JSON: its body in Base64. */
export function keptText({ body, ...message }: Outgoing): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64");
  return JSON.stringify({ ...message, body: text });
}

/** Reads what {@link keptText} wrote. */
export function readKept(text: string): Outgoing {
  const read = JSON.parse(text) as Omit<Outgoing, "body"> & { readonly body: string };
  return { ...read, body: Buffer.from(read.body, "base64") };
}
