import type { Clock } from "../core/clock.js";
import { type Patience, retryWhileDown } from "../core/timing.js";
import { createBatcher } from "../messaging/batcher.js";
import type { Claim, Claimed, Finish, Finished, Inbox, InboxAdmin } from "../messaging/inbox.js";

// While the inbox is busy with so many batches, messages share the next one.
const callsAtATime = 2;

/**
 * An inbox as a participant calls it: for one message at a time, while whatever waits shares a call. While it is down,
 * messages wait here and handlers that have ended are not run again.
 */
export interface InboxCalls {
  readonly claim: (claim: Claim) => Promise<Claimed>;
  readonly finish: (finish: Finish) => Promise<Finished>;
  /** The recorded reply has been sent. */
  readonly confirm: (token: string) => Promise<void>;
}

export function inboxCalls(inbox: Inbox, leaseMs: number, patience: Patience): InboxCalls {
  const patiently = <T>(call: () => Promise<T>) => retryWhileDown(call, patience);
  return {
    claim: createBatcher((claims) => patiently(() => inbox.claim(claims, leaseMs)), callsAtATime),
    finish: createBatcher((batch) => patiently(() => inbox.finish(batch)), callsAtATime),
    confirm: createBatcher(async (tokens) => {
      await patiently(() => inbox.sent(tokens));
      return tokens.map(() => undefined);
    }, 1),
  };
}
export const purgeEveryMs = 60_000;
/** Short enough to hold nobody up. */
const atATime = 500;
const betweenBatchesMs = 100;
/** Whoever recorded a message and whoever purges may disagree about the time by this much. */
const marginMs = 60_000;

/**
 * Forgets a few of the messages that are older than the inbox's retention: nobody would execute them any more.
 * @returns how long to pause until the next time
 */
export async function purge(inbox: Inbox & Partial<InboxAdmin>, clock: Clock, retentionMs: number): Promise<number> {
  const gone = await inbox.purge?.(clock.now() - retentionMs - marginMs, atATime);
  return gone === atATime ? betweenBatchesMs : purgeEveryMs;
}
