import { gather } from "../client/gather.js";
import { jitter } from "../clock.js";
import { SagaspecError } from "../errors.js";
import type { Claim, Claimed, Finish, Finished, RecordedReply } from "../inbox.js";
import type { Incoming, Outgoing, Transport } from "../transport.js";
import { choose, wireName } from "../wire/choice.js";
import type { AnyRequest } from "../wire/operations.js";
import { returnAddressOf } from "../wire/reply-writer.js";
import type { StandardFailure } from "../wire/standard-failure.js";
import { type ExecutionOptions, Executions, handlerError, type Job } from "./executions.js";
import { invalidReply, isInvalidMessage, standardFailure } from "./outcome.js";
import type { Problem } from "./problem.js";
import { failureIn, operationIn } from "./recorded-reply.js";
import { nowhere, Replier, recordOf } from "./replier.js";
import { claimOf, type Route } from "./route.js";
import type { Recorded } from "./transaction.js";

export interface ParticipantOptions extends ExecutionOptions {
  readonly retentionMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

// Clocks of two machines may differ by this much before an expiry counts.
const clockToleranceMs = 2_000;
const sweptAtATime = 100;
// While the inbox is busy with so many batches, messages share the next one.
const callsAtATime = 2;

/**
 * Takes each message through the same stations: schema, inbox, expiry, handler, record, answer, acknowledgement.
 * A message leaves by exactly one `settle`, whatever happens.
 */
export class Participant {
  readonly #options: ParticipantOptions;
  readonly #claim: (claim: Claim) => Promise<Claimed>;
  readonly #finish: (finish: Finish) => Promise<Finished>;
  readonly #confirm: (token: string) => Promise<void>;
  readonly #replier: Replier;
  readonly #requests = new Map<string, AnyRequest>();
  /** What the inbox calls the requests. */
  readonly #scopes: ReadonlySet<string>;
  readonly #executions: Executions;

  constructor(transport: Transport, routes: readonly Route[], options: ParticipantOptions) {
    const { inbox, leaseMs } = options;
    this.#options = options;
    this.#replier = new Replier(transport, options.clock);
    this.#executions = new Executions({ ...options, onProblem: (problem) => this.report(problem) }, this.#replier);
    this.#claim = gather((claims) => inbox.claim(claims, leaseMs), callsAtATime);
    this.#finish = gather((batch) => inbox.finish(batch), callsAtATime);
    this.#confirm = gather(async (tokens) => {
      await inbox.sent(tokens);
      return tokens.map(() => undefined);
    }, 1);
    for (const { operation } of routes) if (operation.kind === "request") this.#requests.set(operation.id, operation);
    this.#scopes = new Set(routes.filter(({ operation }) => operation.kind === "request").map(({ scope }) => scope));
  }

  /** Handles one of the messages of a source, whose operations are `routes`. Never rejects. */
  async handle(routes: readonly Route[], incoming: Incoming): Promise<void> {
    try {
      await this.#receive(routes, incoming);
    } catch (error) {
      const reason = messageOf(error);
      if (isHopeless(error)) return this.#bury(incoming, undefined, reason);
      this.report({ kind: "unavailable", messageId: incoming.id, reason, error });
      incoming.settle({ retryIn: this.#backoff(incoming.deliveries) });
    }
  }

  /** Sends recorded replies that a crash or a lost connection has kept back. */
  async sweep(olderThanMs: number): Promise<void> {
    const unsent = await this.#options.inbox.unsent([...this.#scopes], olderThanMs, sweptAtATime);
    for (const { token, reply } of unsent) {
      const request = this.#requests.get(operationIn(reply));
      if (!request) continue;
      const sent = await this.#replier.resend(request, reply, nowhere, undefined).catch((error) => {
        if (!isHopeless(error)) throw error;
        // The contract has changed since: nobody could read it any more, and those behind it must not wait.
        this.report({ kind: "unavailable", operation: request.id, messageId: "", reason: messageOf(error), error });
        return "nothing" as const;
      });
      if (sent !== "unknown") await this.#confirm(token);
    }
  }

  /** Tells whoever looks after the service. Never throws. */
  report(problem: Problem): void {
    try {
      this.#options.onProblem(problem);
    } catch (error) {
      // Whoever listens is not allowed to keep a message from being settled.
      process.emitWarning(`onProblem threw: ${messageOf(error)}`, "SagaspecWarning");
    }
  }

  /** Tells the handlers that run to end. */
  abort(reason: Error): void {
    this.#executions.abort(reason);
  }

  /** Waits for nobody any more: what still runs is delivered again, here or elsewhere. */
  abandon(): void {
    for (const { incoming } of this.#executions.abandon()) incoming.settle({ retryIn: 0 });
  }

  async #receive(routes: readonly Route[], incoming: Incoming): Promise<void> {
    const choice = choose(routes, incoming);
    if ("unknown" in choice) return incoming.settle("ack");
    if ("ambiguous" in choice) {
      const names = choice.ambiguous.map(({ subject }) => subject).join(" or ");
      return this.#bury(incoming, undefined, `ambiguous-message: it may be ${names}`);
    }
    if ("invalid" in choice) return this.#refuse(routes, incoming, choice.invalid.message);
    const { candidate: route, payload } = choice;
    if (!route.handler) return incoming.settle("ack");
    const request = route.operation.kind === "request" ? route.operation : undefined;
    const address = request ? returnAddressOf(request, incoming, payload) : nowhere;
    const parameters = route.parameters(incoming, payload);
    return this.#process({ route, handler: route.handler, incoming, payload, parameters, request, address });
  }

  async #process(job: Job): Promise<void> {
    const { route, incoming, payload } = job;
    const now = this.#options.clock.now();
    if (incoming.sentAt > 0 && incoming.sentAt < now - this.#options.retentionMs) {
      return this.#bury(incoming, job, "stale: it is older than the inbox remembers");
    }
    const claimed = await this.#claim(claimOf(route, incoming, payload));
    switch (claimed.state) {
      case "executing":
        return incoming.settle({ retryIn: claimed.retryInMs });
      case "done":
        return this.#repeat(job, claimed.reply);
      case "undone":
        return this.#answer(job, standardFailure("undone", "it was undone before it came", false));
      case "mismatch":
        return this.#answer(job, standardFailure("conflict", "its key was used with another payload", false));
      case "claimed":
        return this.#execute(job, claimed.token);
    }
  }

  /** Gives a duplicate the answer that was recorded. */
  async #repeat(job: Job, reply: RecordedReply): Promise<void> {
    const { incoming, request, address } = job;
    const sent = request ? await this.#replier.resend(request, reply, address, incoming) : "accepted";
    if (sent === "unknown") return incoming.settle({ retryIn: this.#backoff(incoming.deliveries) });
    if (sent === "not-understood") return this.#bury(incoming, job, `failed: ${failureIn(reply)}`);
    incoming.settle("ack");
  }

  async #execute(job: Job, token: string): Promise<void> {
    const { incoming } = job;
    if (incoming.expiresAt !== undefined && incoming.expiresAt + clockToleranceMs < this.#options.clock.now()) {
      await this.#finish({ token });
      return this.#bury(incoming, job, "expired");
    }
    let outcome = await this.#executions.run(job, token);
    if (outcome === "abandoned") return;
    if ("recorded" in outcome) return this.#conclude(job, token, outcome);
    if ("deferred" in outcome) {
      // Not recorded: a duplicate is for whoever answers to recognise.
      await this.#finish({ token });
      return incoming.settle("ack");
    }
    let outgoing: Outgoing | undefined;
    try {
      outgoing = this.#replier.write(job, outcome);
    } catch (error) {
      if (!isInvalidMessage(error)) throw error;
      this.report(handlerError(job, error));
      outcome = invalidReply(error.message);
      outgoing = this.#replier.write(job, outcome);
    }
    if ("retry" in outcome) return this.#retry(job, token, outcome.retry, outgoing);
    if ("terminal" in outcome && !outgoing) {
      // Not recorded: whoever replays the dead letter wants it executed.
      await this.#finish({ token });
      return this.#bury(incoming, job, `failed: ${outcome.terminal.message}`);
    }
    const recorded = await this.#finish({ token, reply: recordOf(job, outcome) });
    return this.#conclude(job, token, { recorded, answer: outgoing });
  }

  /** The inbox has spoken: what it has recorded is answered, and the message is over. */
  async #conclude(job: Job, token: string, { recorded, answer }: Recorded): Promise<void> {
    const { incoming } = job;
    if (recorded === "undone") {
      return this.#answer(job, standardFailure("undone", "it was undone while it was executed", false));
    }
    if (recorded === "lost") {
      this.report({ kind: "lost-execution", ...about(job), reason: "its lease had lapsed: another execution counts" });
      return incoming.settle("ack");
    }
    // The answer is recorded: what cannot be sent now is the sweeper's.
    const sent = answer ? await this.#replier.send(answer).catch(() => "unknown" as const) : "accepted";
    incoming.settle("ack");
    if (!job.request || sent === "unknown") return;
    this.#confirm(token).catch((error) => {
      this.report({ kind: "unavailable", ...about(job), reason: "a sent reply could not be marked as sent", error });
    });
  }

  async #retry(job: Job, token: string, error: Error, answer: Outgoing | undefined): Promise<void> {
    const { incoming, request, address } = job;
    this.report(handlerError(job, error));
    await this.#finish({ token });
    if (answer) {
      await this.#replier.send(answer);
      return incoming.settle("ack");
    }
    const waiting = request !== undefined && address.to !== undefined;
    if (waiting || incoming.deliveries >= this.#options.attempts) {
      return this.#bury(incoming, job, `failed: ${error.message}`);
    }
    incoming.settle({ retryIn: this.#backoff(incoming.deliveries) });
  }

  /** Answers with a standard failure that is not recorded; without a requester for it, the message is set aside. */
  async #answer(job: Job, failure: StandardFailure): Promise<void> {
    const outgoing = this.#replier.write(job, { terminal: failure });
    if (outgoing) await this.#replier.send(outgoing);
    else if (failure.code !== "undone") return this.#bury(job.incoming, job, `${failure.code}: ${failure.message}`);
    job.incoming.settle("ack");
  }

  /** An invalid message is set aside; a requester that can be told is told. */
  async #refuse(routes: readonly Route[], incoming: Incoming, reason: string): Promise<void> {
    const name = wireName(incoming);
    const [route, another] = name === "" ? routes : routes.filter(({ format }) => format.names.includes(name));
    const request = route?.operation.kind === "request" ? route.operation : undefined;
    if (request && route?.handler && !another) {
      const address = returnAddressOf(request, incoming, null);
      const job: Job = { route, handler: route.handler, incoming, payload: null, parameters: {}, request, address };
      const outgoing = this.#replier.write(job, { terminal: standardFailure("invalid-message", reason, false) });
      if (outgoing) await this.#replier.send(outgoing).catch(() => "unknown");
    }
    this.#bury(incoming, undefined, `invalid-message: ${reason}`);
  }

  #bury(incoming: Incoming, job: Job | undefined, reason: string): void {
    const operation = job && { operation: job.route.operation.id };
    this.report({ kind: "dead-letter", ...operation, messageId: incoming.id, reason });
    incoming.settle({ dead: reason });
  }

  #backoff(deliveries: number): number {
    const { backoffMs, maxBackoffMs } = this.#options;
    const ceiling = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(deliveries - 1, 30));
    return Math.round(ceiling * (0.5 + jitter(this.#options.clock) / 2));
  }
}

/** A contract that does not compile, or a message that breaks it, will not be better later; an inbox that is down will. */
function isHopeless(error: unknown): boolean {
  return error instanceof SagaspecError && (error.code === "invalid-definition" || error.code === "invalid-message");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function about({ route, incoming }: Job): { readonly operation: string; readonly messageId: string } {
  return { operation: route.operation.id, messageId: incoming.id };
}
