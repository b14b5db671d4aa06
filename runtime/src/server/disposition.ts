import type { Clock } from "../core/clock.js";
import type { ReportProblem } from "../core/problems.js";
import { backoffMs } from "../core/timing.js";
import type { Incoming } from "../messaging/transport.js";
import type { StandardFailure } from "../wire/failure.js";
import { wireName } from "../wire/match-message.js";
import { returnAddressOf } from "../wire/reply-writer.js";
import type { Invocation } from "./invocation.js";
import { standardFailure } from "./outcome.js";
import type { Replier } from "./replier.js";
import type { Route } from "./route.js";

export interface DispositionOptions {
  readonly clock: Clock;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly report: ReportProblem;
}

/** With the pauses in between about five minutes: an instance that is started anew is there by then. */
const mostOffers = 20;

/** The ways in which a message leaves when it is not its handler that answers. Each settles it. */
export class Disposition {
  readonly #replier: Replier;
  readonly #options: DispositionOptions;

  constructor(replier: Replier, options: DispositionOptions) {
    this.#replier = replier;
    this.#options = options;
  }

  /** Sets it aside. */
  deadLetter(incoming: Incoming, job: Invocation | undefined, reason: string): void {
    const operation = job && { operation: job.route.operation.id };
    this.#options.report({ kind: "dead-letter", ...operation, messageId: incoming.id, reason });
    incoming.settle({ dead: reason });
  }

  /** It comes again after a pause, longer from time to time. */
  tryAgain(incoming: Incoming): void {
    const { clock, maxBackoffMs } = this.#options;
    const backoff = { firstMs: this.#options.backoffMs, maxMs: maxBackoffMs, clock };
    incoming.settle({ retryIn: Math.round(backoffMs(incoming.deliveries - 1, backoff)) });
  }

  /**
   * Nobody here handles it. An event is none of this service's business then; a command in the service's own queue may be
   * known to another instance, of another version: it comes again, and is set aside when nobody has taken it.
   */
  passOn(routes: readonly Route[], incoming: Incoming, reason: string): void {
    if (routes.every(({ operation }) => operation.action === "send")) incoming.settle("ack");
    else if (incoming.deliveries < mostOffers) this.tryAgain(incoming);
    else this.deadLetter(incoming, undefined, `unknown-message: ${reason}`);
  }

  /** Answers with a standard failure that is not recorded; without a requester for it, the message is set aside. */
  async answer(job: Invocation, failure: StandardFailure): Promise<void> {
    const { outgoing } = this.#replier.write(job, { terminal: failure });
    if (outgoing) await this.#replier.send(outgoing);
    else if (failure.code !== "undone")
      return this.deadLetter(job.incoming, job, `${failure.code}: ${failure.message}`);
    job.incoming.settle("ack");
  }

  /** An invalid message is set aside; a requester that can be told is told. */
  async refuse(routes: readonly Route[], incoming: Incoming, reason: string): Promise<void> {
    const name = wireName(incoming);
    const [route, another] = name === "" ? routes : routes.filter(({ format }) => format.names.includes(name));
    const request = route?.operation.kind === "request" ? route.operation : undefined;
    if (request && route?.handler && !another) {
      const address = returnAddressOf(request, incoming, null);
      const job: Invocation = {
        route,
        handler: route.handler,
        incoming,
        payload: null,
        parameters: {},
        request,
        address,
      };
      const { outgoing } = this.#replier.write(job, { terminal: standardFailure("invalid-message", reason, false) });
      if (outgoing) await this.#replier.send(outgoing).catch(() => "unknown");
    }
    this.deadLetter(incoming, undefined, `invalid-message: ${reason}`);
  }
}
