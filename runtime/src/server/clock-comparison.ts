import type { Clock } from "../core/clock.js";
import type { ReportProblem } from "../core/problems.js";
import type { Incoming, Subscription } from "../messaging/transport.js";

/** Compares this machine's clock with those of the senders. */
export interface ClockComparison {
  /** Looks at what has arrived, before anything is done with it. */
  arrived(incoming: Incoming, subscription: Pick<Subscription, "idleSince"> | undefined): void;
  /** The time by the senders' clocks, in milliseconds since 1970: by theirs a message expires. */
  sendersNow(): number;
}

/** Clocks of two machines may differ by this much without a word. */
export const clockToleranceMs = 2_000;

const mostSamples = 5;
const fewestSamples = 3;
/** With room for so long, what arrives has not waited behind anything here. */
const idleMs = 500;
const sayAgainMs = 60_000;

/**
 * What arrives where nothing waits is as old as its way was long, and the way is short: a message that looks older, or comes
 * from the future, tells of clocks that differ. A single one may have been held up by its sender, so the least of several
 * counts.
 */
export function createClockComparison(clock: Clock, report: ReportProblem): ClockComparison {
  const ages: number[] = [];
  let aheadMs = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  function compare(): number {
    if (ages.length < fewestSamples) return 0;
    const [least, most] = [Math.min(...ages), Math.max(...ages)];
    if (least > clockToleranceMs) return least;
    return most < -clockToleranceMs ? most : 0;
  }

  return {
    arrived({ sentAt, deliveries }, subscription) {
      const now = clock.now();
      const since = subscription?.idleSince();
      if (sentAt <= 0 || deliveries > 1 || since === undefined || now - since < idleMs) return;
      ages.push(now - sentAt);
      if (ages.length > mostSamples) ages.shift();
      aheadMs = compare();
      if (aheadMs === 0 || now - saidAt < sayAgainMs) return;
      saidAt = now;
      const way = aheadMs > 0 ? "ahead of" : "behind";
      const seconds = Math.abs(aheadMs / 1_000).toFixed(1);
      const reason = `this machine's clock is about ${seconds} s ${way} those of the senders; expiry is judged by theirs, but set the clocks`;
      report({ kind: "clock-skew", reason });
    },
    sendersNow: () => clock.now() - aheadMs,
  };
}
