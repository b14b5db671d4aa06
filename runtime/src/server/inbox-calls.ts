import { type Patience, retryWhileDown } from "../core/retry-while-down.js";
import { createBatcher } from "../messaging/batcher.js";
import type { Claim, Claimed, Finish, Finished, Inbox } from "../messaging/inbox.js";

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
