/** Sends what an outbox keeps: soon after its transaction has committed, and after a crash in between as well. */
import type { Clock } from "../core/clock.js";
import { messageOf, SagaspecError } from "../core/errors.js";
import type { ReportProblem } from "../core/problems.js";
import { backoffMs } from "../core/timing.js";
import type { Kept, Outbox } from "./outbox.js";
import { isRefused } from "./sender.js";
import type { SendResult, Transport } from "./transport.js";

/** Looks at an outbox for as long as somebody uses it. */
export interface OutboxRelay {
  /** Something has been put into it, in a transaction that will commit soon, or not at all. */
  expect(): void;
  /** Waits for what is being sent. */
  stop(): Promise<void>;
}

const limit = 256;
/** What another process has left is found within this time. */
const longestPauseMs = 1_000;
const firstPauseMs = 5;
/** While the database or the broker is away. */
const outagePauses = { firstMs: 200, maxMs: 30_000 };

interface Shared {
  readonly relay: OutboxRelay;
  users: number;
}

const relays = new WeakMap<Outbox, WeakMap<Transport, Shared>>();

/** The relay between the two, one for all clients of this process. Whoever asks for it stops it once. */
export function relayOf(outbox: Outbox, transport: Transport, clock: Clock, report: ReportProblem): OutboxRelay {
  const byTransport = relays.get(outbox) ?? new WeakMap<Transport, Shared>();
  relays.set(outbox, byTransport);
  const shared = byTransport.get(transport) ?? { relay: createRelay(outbox, transport, clock, report), users: 0 };
  byTransport.set(transport, shared);
  shared.users += 1;
  let isStopped = false;
  return {
    expect: shared.relay.expect,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      byTransport.delete(transport);
      await shared.relay.stop();
    },
  };
}

function createRelay(outbox: Outbox, transport: Transport, clock: Clock, report: ReportProblem): OutboxRelay {
  let isStopped = false;
  let pauseMs = longestPauseMs;
  let failures = 0;
  let isExpecting = false;
  let looking: Promise<void> | undefined;
  let cancel = clock.after(0, look);

  function look(): void {
    looking = sendAll().then(looked, failed);
  }

  function looked(): void {
    looking = undefined;
    failures = 0;
    if (isStopped) return;
    if (isExpecting) {
      isExpecting = false;
      pauseMs = firstPauseMs;
    }
    cancel = clock.after(pauseMs, look);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }

  function failed(error: unknown): void {
    if (error instanceof SagaspecError && error.code === "transport-closed") isStopped = true;
    else report({ kind: "unavailable", reason: `the outbox waits: ${messageOf(error)}`, error });
    looking = undefined;
    if (!isStopped) cancel = clock.after(backoffMs(failures++, { ...outagePauses, clock }), look);
  }

  async function sendAll(): Promise<void> {
    for (;;) {
      const kept = await outbox.take(limit);
      if (kept === undefined) isStopped = true;
      if (kept === undefined || kept.length === 0) return;
      pauseMs = firstPauseMs;
      const results = await transport.send(kept.map(({ message }) => message));
      await outbox.remove(kept.filter((one, index) => isOver(one, results[index] ?? "unknown")).map(({ id }) => id));
      if (isStopped || kept.length < limit) return;
    }
  }

  /** Whether it need not be sent again. An event nobody subscribes to is not an error. */
  function isOver({ message, tries }: Kept, sent: SendResult): boolean {
    const problem = (what: string) => {
      const text = `a message from the outbox ${what}`;
      report({ kind: "unsendable", messageId: message.id, reason: text });
    };
    if (isRefused(sent)) {
      problem(`was refused (${sent.refused}); it is ${sent.retryable ? "sent again later" : "given up"}`);
      return !sent.retryable;
    }
    const isCommand = "reply" in message.to || message.to.action === "receive";
    if (sent === "unroutable" && isCommand) {
      const isExpired = message.expiresAt !== undefined && message.expiresAt < clock.now();
      problem(`has no receiver (try ${tries}); ${isExpired ? "it has expired" : "it is sent again later"}`);
      return isExpired;
    }
    return sent !== "unknown";
  }

  return {
    expect() {
      isExpecting = true;
      if (looking || isStopped) return;
      cancel();
      isExpecting = false;
      pauseMs = firstPauseMs * 2;
      cancel = clock.after(firstPauseMs, look);
    },
    async stop() {
      isStopped = true;
      cancel();
      await looking;
    },
  };
}
