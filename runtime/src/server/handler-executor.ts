import type { Clock } from "../core/clock.js";
import type { ReportProblem } from "../core/problems.js";
import type { Inbox, InboxAdmin } from "../messaging/inbox.js";
import { traceOf, withTrace } from "../wire/trace.js";
import { HandlerContext } from "./handler-context.js";
import { handlerError, type Invocation } from "./invocation.js";
import { type HandlerOutcome, outcomeOfError, outcomeOfValue } from "./outcome.js";
import type { Replier } from "./replier.js";
import { type Recorded, Transaction } from "./transaction.js";

export interface ExecutionOptions {
  readonly inbox: Inbox & Partial<InboxAdmin>;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly handlerTimeoutMs: number;
  readonly report: ReportProblem;
}

interface Execution {
  readonly job: Invocation;
  readonly token: string;
  readonly context: HandlerContext;
  readonly startedAt: number;
  giveUp(error: Error): void;
}

/** Handlers that run: none for longer than its time, and each with its claim renewed for as long. */
export class HandlerExecutor {
  readonly #options: ExecutionOptions;
  readonly #replier: Replier;
  readonly #running = new Set<Execution>();
  #cancelTick: (() => void) | undefined;

  constructor(options: ExecutionOptions, replier: Replier) {
    this.#options = options;
    this.#replier = replier;
  }

  /** Runs the handler until it ends or its time is over. `Recorded`: it has put its answer into the inbox itself. */
  run(job: Invocation, token: string): Promise<HandlerOutcome | Recorded | "abandoned"> {
    const { route, handler, incoming, payload, parameters, request } = job;
    const { clock, inbox, report } = this.#options;
    let transaction: Transaction | undefined;
    const context = new HandlerContext(job, parameters, clock, (work) => {
      transaction ??= new Transaction(inbox, this.#replier, job, token);
      return transaction.run(work);
    });
    const input =
      payload === null && route.format.message.payload === undefined ? undefined : route.format.fromWire(payload);
    return new Promise((resolve) => {
      const giveUp = (error: Error) => {
        context.abort(error);
        end({ retry: error });
      };
      const execution: Execution = { job, token, context, startedAt: clock.now(), giveUp };
      const end = (outcome: HandlerOutcome) => {
        context.end();
        resolve(this.#running.delete(execution) ? (transaction?.ended ?? outcome) : "abandoned");
      };
      this.#running.add(execution);
      this.#cancelTick ??= clock.after(this.#options.leaseMs / 3, () => this.#tick());
      withTrace(traceOf(incoming.headers), async () => handler(input, context)).then(
        (value) => end(outcomeOfValue(request, value)),
        (error) => {
          // The requester gets what the transaction has recorded: nobody else would hear of this.
          if (transaction?.stands) report(handlerError(job, error));
          end(outcomeOfError(request, error));
        },
      );
    });
  }

  /** Tells the handlers that run to end. */
  abort(reason: Error): void {
    for (const { context } of this.#running) context.abort(reason);
  }

  /** Waits for none of them any more. @returns what they were at */
  abandon(): readonly Invocation[] {
    const jobs = Array.from(this.#running, ({ job }) => job);
    this.#running.clear();
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    return jobs;
  }

  /** Renews the leases of what runs, and gives up what has run for too long. */
  #tick(): void {
    this.#cancelTick = undefined;
    const { clock, inbox, leaseMs, handlerTimeoutMs, report } = this.#options;
    const now = clock.now();
    for (const { startedAt, giveUp } of this.#running) {
      if (now - startedAt >= handlerTimeoutMs) giveUp(new Error(`the handler took more than ${handlerTimeoutMs} ms`));
    }
    if (this.#running.size === 0) return;
    const tokens = Array.from(this.#running, ({ token }) => token);
    inbox.renew(tokens, leaseMs).catch((error) => {
      const reason = `leases of ${tokens.length} executions could not be renewed`;
      report({ kind: "unavailable", reason, error });
    });
    this.#cancelTick = clock.after(leaseMs / 3, () => this.#tick());
  }
}
