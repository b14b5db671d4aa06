import { type Clock, systemClock } from "../core/clock.js";
import {
  type Claim,
  type Claimed,
  type Finish,
  type Finished,
  type Inbox,
  type RecordedReply,
  workKey,
} from "./inbox.js";

export interface MemoryInboxOptions {
  /** Finished commands that are remembered, the newest. @default 100_000 */
  readonly capacity?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

interface Row {
  readonly token: string;
  readonly messageId: string;
  readonly claim: Claim;
  state: "executing" | "done" | "undone";
  leaseUntil: number;
  reply: StoredReply | undefined;
  finishedAt: number;
}

/** Its payload as JSON: what becomes of the handler's own object later is not the answer it gave. */
type StoredReply = RecordedReply & { readonly payload: string };

// The longest pause after which a claim is made again while the first is executed.
const longestWaitMs = 1_000;

/**
 * Remembers what the process has executed. Enough where a restart may execute a duplicate once more; a participant for
 * which it may not keeps its inbox in its database.
 */
export function createMemoryInbox(options: MemoryInboxOptions = {}): Inbox {
  return new MemoryInbox(options.clock ?? systemClock, options.capacity ?? 100_000);
}

class MemoryInbox implements Inbox {
  readonly #clock: Clock;
  readonly #capacity: number;
  // Oldest first: what is forgotten is what was inserted first.
  readonly #byMessage = new Map<string, Row>();
  // Never by null, which finds nothing.
  readonly #byKey = new Map<string | null, Row>();
  // Only while something may still come of the token.
  readonly #byToken = new Map<string, Row>();
  readonly #unsent = new Set<Row>();
  #tokens = 0;

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  async claim(batch: readonly Claim[], leaseMs: number): Promise<readonly Claimed[]> {
    return batch.map((claim) => this.#claim(claim, leaseMs));
  }

  async renew(tokens: readonly string[], leaseMs: number): Promise<void> {
    const until = this.#clock.now() + leaseMs;
    for (const token of tokens) {
      const row = this.#byToken.get(token);
      if (row?.state === "executing") row.leaseUntil = until;
    }
  }

  async finish(batch: readonly Finish[]): Promise<readonly Finished[]> {
    return batch.map((finish) => this.#finish(finish));
  }

  async unsent(operations: readonly string[], olderThanMs: number, limit: number): ReturnType<Inbox["unsent"]> {
    const before = this.#clock.now() - olderThanMs;
    const found: { readonly token: string; readonly reply: RecordedReply }[] = [];
    for (const { token, claim, reply, finishedAt } of this.#unsent) {
      if (found.length === limit) break;
      if (reply && finishedAt <= before && operations.includes(claim.operation))
        found.push({ token, reply: readReply(reply) });
    }
    return found;
  }

  async sent(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) {
      const row = this.#byToken.get(token);
      if (row) this.#unsent.delete(row);
      this.#byToken.delete(token);
    }
  }

  async close(): Promise<void> {}

  #claim(claim: Claim, leaseMs: number): Claimed {
    const now = this.#clock.now();
    const known = this.#byMessage.get(claim.messageId);
    const row = known ?? this.#byKey.get(workOf(claim));
    if (row?.state === "undone") return { state: "undone" };
    if (row && !isSameWork(row.claim, claim)) return { state: "mismatch" };
    if (row?.state === "done" && row.reply) return { state: "done", reply: readReply(row.reply) };
    const command = claim.undoes === undefined ? undefined : this.#byMessage.get(claim.undoes);
    for (const other of [row, command]) {
      if (other?.state !== "executing" || other.leaseUntil <= now) continue;
      return { state: "executing", retryInMs: Math.min(other.leaseUntil - now, longestWaitMs) };
    }
    if (row) this.#forget(row);
    // A command that is not done can still be kept from ever being: from here on its row says so.
    if (claim.undoes !== undefined && command?.state !== "done") this.#undo(claim.undoes, claim);
    return { state: "claimed", token: this.#insert(claim.messageId, claim, now + leaseMs).token };
  }

  #finish({ token, reply }: Finish): Finished {
    const row = this.#byToken.get(token);
    if (row?.state === "undone") return "undone";
    if (row?.state !== "executing") return "lost";
    if (!reply) {
      this.#forget(row);
      return "done";
    }
    row.state = "done";
    row.reply = storedReply(reply);
    row.finishedAt = this.#clock.now();
    if (reply.name === "") this.#byToken.delete(token);
    else this.#unsent.add(row);
    if (row.claim.undoes !== undefined) this.#undo(row.claim.undoes, row.claim);
    return "done";
  }

  #undo(messageId: string, undo: Claim): void {
    const row = this.#byMessage.get(messageId) ?? this.#insert(messageId, { ...undo, messageId, key: "" }, 0);
    row.state = "undone";
    this.#unsent.delete(row);
    this.#freeKey(row);
  }

  #insert(messageId: string, claim: Claim, leaseUntil: number): Row {
    const token = String(++this.#tokens);
    const row: Row = { token, messageId, claim, state: "executing", leaseUntil, reply: undefined, finishedAt: 0 };
    this.#byMessage.set(messageId, row);
    this.#byToken.set(token, row);
    const work = workOf(claim);
    if (work !== null) this.#byKey.set(work, row);
    if (this.#byMessage.size > this.#capacity) this.#forgetOldest();
    return row;
  }

  #forgetOldest(): void {
    for (const row of this.#byMessage.values()) {
      if (row.state === "executing") continue;
      this.#forget(row);
      return;
    }
  }

  #forget(row: Row): void {
    this.#byMessage.delete(row.messageId);
    this.#byToken.delete(row.token);
    this.#unsent.delete(row);
    this.#freeKey(row);
  }

  #freeKey(row: Row): void {
    const work = workOf(row.claim);
    if (this.#byKey.get(work) === row) this.#byKey.delete(work);
  }
}

function isSameWork(one: Claim, other: Claim): boolean {
  return one.operation === other.operation && one.fingerprint === other.fingerprint;
}

function storedReply(reply: RecordedReply): StoredReply {
  return { ...reply, payload: JSON.stringify(reply.payload) };
}

function readReply(reply: StoredReply): RecordedReply {
  return { ...reply, payload: JSON.parse(reply.payload) };
}

function workOf(claim: Claim): string | null {
  const key = workKey(claim);
  return key === null ? null : `${claim.operation}\n${key}`;
}
