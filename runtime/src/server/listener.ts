import { messageOf, SagaspecError } from "../core/errors.js";
import { repeat } from "../core/timing.js";
import type { Source, Subscription, Transport } from "../messaging/transport.js";
import { sagaIdHeader } from "../wire/message-format.js";
import { createClockComparison } from "./clock-comparison.js";
import { inboxCalls, purge, purgeEveryMs } from "./inbox-calls.js";
import { MessageProcessor, type MessageProcessorOptions } from "./message-processor.js";
import { Replier } from "./replier.js";
import type { Route } from "./route.js";
import { UnsentReplies } from "./unsent-replies.js";

export interface ListenerOptions extends Omit<MessageProcessorOptions, "clocks"> {
  readonly prefetch: number;
  readonly drainMs: number;
  /** Whether what was executed is forgotten with the process, although the broker delivers it again. */
  readonly isInboxVolatile: boolean;
}

// Recorded replies that are older than this were not sent by whoever recorded them.
const unsentAfterMs = 3_000;
// While the inbox is down for longer, messages go back: another process may reach it.
const outageMs = 10_000;
// What a handler gets after its signal has been aborted.
const graceMs = 1_000;

/** Subscribes to every source of the routes once, and handles what comes. */
export async function listen(
  transport: Transport,
  routes: readonly Route[],
  options: ListenerOptions,
): Promise<{ close(): Promise<void> }> {
  const { clock, inbox, drainMs, prefetch, report } = options;
  const givenUp = new AbortController();
  const calls = inboxCalls(inbox, options.leaseMs, {
    clock,
    signal: givenUp.signal,
    maxMs: outageMs,
    isDown,
    problem: (error) => report({ kind: "unavailable", reason: messageOf(error), error }),
  });
  const replier = new Replier(transport, clock, options.report);
  const clocks = createClockComparison(clock, report);
  const participant = new MessageProcessor(calls, replier, { ...options, clocks });
  const unsent = new UnsentReplies(routes, { inbox, calls, replier, report });
  let isUnsafe = options.isInboxVolatile;
  function warnOfInbox(): void {
    isUnsafe = false;
    const reason =
      "steps of sagas are executed here with an inbox in memory: one that is delivered again after a restart is executed twice; give `serve` the `inbox` of a database";
    report({ kind: "volatile-inbox", reason });
  }
  const subscriptions: Subscription[] = [];
  try {
    for (const shared of bySource(routes)) {
      const operations = shared.flatMap((route) => (route.handler ? [route.operation] : []));
      const source = { ...shared[0].source, operations };
      let subscription: Subscription | undefined;
      subscription = await transport.subscribe(source, { prefetch }, (batch) => {
        for (const incoming of batch) {
          clocks.arrived(incoming, subscription);
          if (isUnsafe && incoming.headers[sagaIdHeader] !== undefined) warnOfInbox();
          void participant.handle(shared, incoming);
        }
      });
      subscriptions.push(subscription);
    }
  } catch (error) {
    await Promise.allSettled(subscriptions.map((subscription) => subscription.stop()));
    throw error;
  }

  const unavailable = (reason: string) => (error: unknown) => report({ kind: "unavailable", reason, error });
  const sweep = () => unsent.sweep(unsentAfterMs).then(() => unsentAfterMs);
  const stopSweeping = repeat(clock, unsentAfterMs, sweep, unavailable("replies could not be swept"));
  const forget = () => purge(inbox, clock, options.retentionMs);
  const stopPurging = repeat(clock, purgeEveryMs, forget, unavailable("the inbox could not be purged"));
  let closed: Promise<void> | undefined;

  function passed(ms: number): { readonly over: Promise<false>; cancel(): void } {
    let cancel = () => {};
    const over = new Promise<false>((resolve) => {
      cancel = clock.after(ms, () => resolve(false), true);
    });
    return { over, cancel };
  }

  async function close(): Promise<void> {
    stopSweeping();
    stopPurging();
    const stopped = Promise.all(subscriptions.map((subscription) => subscription.stop())).then(() => true as const);
    const patience = passed(drainMs);
    const drained = await Promise.race([stopped, patience.over]);
    patience.cancel();
    if (!drained) {
      participant.abort(new Error("the service stops"));
      const grace = passed(graceMs);
      await Promise.race([stopped, grace.over]);
      grace.cancel();
    }
    participant.abandon();
    givenUp.abort();
    await stopped;
  }

  return {
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** Operations whose messages arrive at one address share its subscription. */
function bySource(routes: readonly Route[]): readonly (readonly [Route, ...Route[]])[] {
  const groups = new Map<string, [Route, ...Route[]]>();
  for (const route of routes) {
    const key = keyOf(route.source);
    const group = groups.get(key);
    if (group) group.push(route);
    else groups.set(key, [route]);
  }
  // Nobody subscribes to what no handler is interested in.
  return [...groups.values()].filter((group) => group.some(({ handler }) => handler !== undefined));
}

function isDown(error: unknown): boolean {
  return error instanceof SagaspecError && error.code === "store-unavailable" && error.retryable;
}

function keyOf(source: Source): string {
  return "repliesOf" in source ? source.repliesOf : `${source.action} ${source.address}`;
}
