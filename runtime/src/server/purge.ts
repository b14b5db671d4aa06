import type { Clock } from "../core/clock.js";
import type { Inbox, InboxAdmin } from "../messaging/inbox.js";

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
