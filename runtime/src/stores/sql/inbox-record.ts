/** What a stored inbox row says about a claim: the same in every SQL store. */
import { messageOf } from "../../core/errors.js";
import type { Claim, Claimed, Finished, RecordedReply } from "../../messaging/inbox.js";
import { parseJsonText, type StoreCodec } from "../../saga/store/stored-json.js";

export interface InboxRecord {
  readonly message_id: string;
  readonly operation: string;
  readonly key: string | null;
  readonly fingerprint: string;
  readonly undoes: string | null;
  readonly state: "executing" | "done" | "undone";
  readonly token: string;
  readonly lease_until: number | string;
  readonly reply: string | null;
}

/** Leaves a transaction whose execution does not count. */
export class RolledBack extends Error {
  readonly verdict: Finished;

  constructor(verdict: Finished) {
    super(`the execution is ${verdict}`);
    this.verdict = verdict;
  }
}

/** The longest pause after which a claim is made again while the first is executed. */
const longestWaitMs = 1_000;

/**
 * The verdict on a claim, or undefined when it may be taken.
 * @param row the claim's own, by message id, else by operation and key
 * @param command the row of the command that the claim undoes
 */
export function claimResult(
  claim: Claim,
  row: InboxRecord | undefined,
  command: InboxRecord | undefined,
  now: number,
  codec: StoreCodec,
): Claimed | undefined {
  if (row?.state === "undone") return { state: "undone" };
  if (row && (row.operation !== claim.operation || row.fingerprint !== claim.fingerprint)) return { state: "mismatch" };
  if (row?.state === "done" && row.reply !== null) return recordedAnswer(row.reply, codec);
  for (const other of [row, command]) {
    const leftMs = other?.state === "executing" ? Number(other.lease_until) - now : 0;
    if (leftMs > 0) return { state: "executing", retryInMs: Math.min(leftMs, longestWaitMs) };
  }
  return undefined;
}

function recordedAnswer(stored: string, codec: StoreCodec): Claimed {
  try {
    return { state: "done", reply: readReply(stored, codec) };
  } catch (error) {
    return { state: "refused", reason: `its recorded answer cannot be read: ${messageOf(error)}` };
  }
}

export function readReply(stored: string, codec: StoreCodec): RecordedReply {
  return parseJsonText(codec.decode(stored)) as unknown as RecordedReply;
}
