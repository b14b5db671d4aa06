import { isInvalidMessage, isPermanent, messageOf, SagaspecError } from "../core/errors.js";
import type { RecordedReply } from "../messaging/inbox.js";
import { needsResending } from "../messaging/sender.js";
import type { Incoming, Outgoing } from "../messaging/transport.js";
import { matchMessage } from "../wire/match-message.js";
import { returnAddressOf } from "../wire/reply-writer.js";
import { type ClockComparison, clockToleranceMs } from "./clock-comparison.js";
import { Disposition, type DispositionOptions } from "./disposition.js";
import { type ExecutionOptions, HandlerExecutor } from "./handler-executor.js";
import type { InboxCalls } from "./inbox-calls.js";
import { handlerError, type Invocation, noReplyAddress } from "./invocation.js";
import { invalidReply, standardFailure } from "./outcome.js";
import { failureIn } from "./recorded-reply.js";
import type { Answer, Replier } from "./replier.js";
import { claimOf, type Route } from "./route.js";
import type { Recorded } from "./transaction.js";

export interface MessageProcessorOptions extends ExecutionOptions, DispositionOptions {
  readonly retentionMs: number;
  /** Deliveries of a message without a requester, before it is set aside. */
  readonly attempts: number;
  readonly clocks: Pick<ClockComparison, "sendersNow">;
}

/**
 * Takes each message through the same stations: schema, inbox, expiry, handler, record, answer, acknowledgement.
 * A message leaves by exactly one `settle`, whatever happens.
 */
export class MessageProcessor {
  readonly #options: MessageProcessorOptions;
  readonly #inbox: InboxCalls;
  readonly #replier: Replier;
  readonly #disposition: Disposition;
  readonly #executor: HandlerExecutor;

  constructor(inbox: InboxCalls, replier: Replier, options: MessageProcessorOptions) {
    this.#options = options;
    this.#inbox = inbox;
    this.#replier = replier;
    this.#disposition = new Disposition(replier, options);
    this.#executor = new HandlerExecutor(options, replier);
  }

  /** Handles one of the messages of a source, whose operations are `routes`. Never rejects. */
  async handle(routes: readonly Route[], incoming: Incoming): Promise<void> {
    try {
      await this.#receive(routes, incoming);
    } catch (error) {
      const reason = messageOf(error);
      // Whatever else went wrong may go wrong each time.
      const isHopeless = !isAway(error) && incoming.deliveries >= this.#options.attempts;
      if (isPermanent(error) || isHopeless) return this.#disposition.deadLetter(incoming, undefined, reason);
      this.#options.report({ kind: "unavailable", messageId: incoming.id, reason, error });
      this.#disposition.tryAgain(incoming);
    }
  }

  /** Tells the handlers that run to end. */
  abort(reason: Error): void {
    this.#executor.abort(reason);
  }

  /** Waits for nobody any more: what still runs is delivered again, here or elsewhere. */
  abandon(): void {
    for (const { incoming } of this.#executor.abandon()) incoming.settle({ retryIn: 0 });
  }

  #receive(routes: readonly Route[], incoming: Incoming): Promise<void> | void {
    const choice = matchMessage(routes, incoming);
    if ("unknown" in choice)
      return this.#disposition.passOn(routes, incoming, `nothing here is called "${choice.unknown}"`);
    if ("ambiguous" in choice) {
      const names = choice.ambiguous.map(({ subject }) => subject).join(" or ");
      return this.#disposition.deadLetter(incoming, undefined, `ambiguous-message: it may be ${names}`);
    }
    if ("invalid" in choice) return this.#disposition.refuse(routes, incoming, choice.invalid.message);
    const { candidate: route, payload } = choice;
    if (!route.handler) return this.#disposition.passOn([route], incoming, `${route.operation.id} has no handler here`);
    const request = route.operation.kind === "request" ? route.operation : undefined;
    const address = request ? returnAddressOf(request, incoming, payload) : noReplyAddress;
    const parameters = route.parameters(incoming, payload);
    return this.#process({ route, handler: route.handler, incoming, payload, parameters, request, address });
  }

  async #process(job: Invocation): Promise<void> {
    const { route, incoming, payload } = job;
    const now = this.#options.clock.now();
    if (incoming.sentAt > 0 && incoming.sentAt < now - this.#options.retentionMs) {
      return this.#disposition.deadLetter(incoming, job, "stale: it is older than the inbox remembers");
    }
    const claimed = await this.#inbox.claim(claimOf(route, incoming, payload));
    switch (claimed.state) {
      case "executing":
        return incoming.settle({ retryIn: claimed.retryInMs });
      case "done":
        return this.#repeat(job, claimed.reply);
      case "undone":
        return this.#disposition.answer(job, standardFailure("undone", "it was undone before it came", false));
      case "mismatch":
        return this.#disposition.answer(
          job,
          standardFailure("conflict", "its key was used with another payload", false),
        );
      case "refused":
        return this.#disposition.refuse([route], incoming, claimed.reason);
      case "claimed":
        // Awaited, not handed on: a promise that settles with another one takes three turns.
        await this.#execute(job, claimed.token);
    }
  }

  /** Gives a duplicate the answer that was recorded. */
  async #repeat(job: Invocation, reply: RecordedReply): Promise<void> {
    const { incoming, request, address } = job;
    const sent = request ? await this.#replier.resend(request, reply, address, incoming) : "accepted";
    if (sent !== "nothing" && sent !== "not-understood" && needsResending(sent))
      return this.#disposition.tryAgain(incoming);
    if (sent === "not-understood") return this.#disposition.deadLetter(incoming, job, `failed: ${failureIn(reply)}`);
    incoming.settle("ack");
  }

  async #execute(job: Invocation, token: string): Promise<void> {
    const { incoming } = job;
    if (incoming.expiresAt !== undefined && incoming.expiresAt + clockToleranceMs < this.#options.clocks.sendersNow()) {
      await this.#inbox.finish({ token });
      return this.#disposition.deadLetter(incoming, job, "expired");
    }
    let outcome = await this.#executor.run(job, token);
    if (outcome === "abandoned") return;
    if ("recorded" in outcome) return this.#conclude(job, token, outcome);
    if ("deferred" in outcome) {
      // Not recorded: a duplicate is for whoever answers to recognise.
      await this.#inbox.finish({ token });
      return incoming.settle("ack");
    }
    let answer: Answer;
    try {
      answer = this.#replier.write(job, outcome);
    } catch (error) {
      if (!isInvalidMessage(error)) throw error;
      this.#options.report(handlerError(job, error));
      outcome = invalidReply(error.message);
      answer = this.#replier.write(job, outcome);
    }
    if ("retry" in outcome) return this.#retry(job, token, outcome.retry, answer.outgoing);
    if ("terminal" in outcome && !answer.outgoing) {
      // Not recorded: whoever replays the dead letter wants it executed.
      await this.#inbox.finish({ token });
      return this.#disposition.deadLetter(incoming, job, `failed: ${outcome.terminal.message}`);
    }
    const recorded = await this.#inbox.finish({ token, reply: answer.record() });
    await this.#conclude(job, token, { recorded, answer: answer.outgoing });
  }

  /** The inbox has spoken: what it has recorded is answered, and the message is over. */
  async #conclude(job: Invocation, token: string, { recorded, answer }: Recorded): Promise<void> {
    const { incoming } = job;
    if (recorded === "undone") {
      return this.#disposition.answer(job, standardFailure("undone", "it was undone while it was executed", false));
    }
    if (recorded === "lost") {
      this.#options.report({
        kind: "lost-execution",
        ...about(job),
        reason: "its lease had lapsed: another execution counts",
      });
      return incoming.settle("ack");
    }
    // The answer is recorded: what cannot be sent now is the sweeper's.
    const sent = answer ? await this.#replier.send(answer).catch(() => "unknown" as const) : "accepted";
    incoming.settle("ack");
    if (!job.request || needsResending(sent)) return;
    this.#inbox.confirm(token).catch((error) => {
      this.#options.report({
        kind: "unavailable",
        ...about(job),
        reason: "a sent reply could not be marked as sent",
        error,
      });
    });
  }

  async #retry(job: Invocation, token: string, error: Error, answer: Outgoing | undefined): Promise<void> {
    const { incoming, request, address } = job;
    this.#options.report(handlerError(job, error));
    await this.#inbox.finish({ token });
    if (answer) {
      await this.#replier.send(answer);
      return incoming.settle("ack");
    }
    const waiting = request !== undefined && address.to !== undefined;
    if (waiting || incoming.deliveries >= this.#options.attempts) {
      return this.#disposition.deadLetter(incoming, job, `failed: ${error.message}`);
    }
    this.#disposition.tryAgain(incoming);
  }
}

/** Whether a store or broker does not answer: that passes, however often a message has come meanwhile. */
function isAway(error: unknown): boolean {
  return error instanceof SagaspecError && error.retryable;
}

function about({ route, incoming }: Invocation): { readonly operation: string; readonly messageId: string } {
  return { operation: route.operation.id, messageId: incoming.id };
}
