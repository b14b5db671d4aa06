import { isInvalidMessage, SagaspecError } from "../core/errors.js";
import type { Finished, Inbox } from "../messaging/inbox.js";
import type { Outgoing } from "../messaging/transport.js";
import type { Invocation } from "./invocation.js";
import { type HandlerOutcome, invalidReply, outcomeOfValue } from "./outcome.js";
import type { Answer, Replier } from "./replier.js";

/** What the inbox has said of an execution, and the answer that it keeps. */
export interface Recorded {
  readonly recorded: Finished;
  readonly answer: Outgoing | undefined;
}

/** What a handler answers inside its transaction, and no requester could read: nothing of the transaction may stand. */
class Unanswerable extends Error {
  readonly outcome: HandlerOutcome;

  constructor(text: string) {
    super(text);
    this.outcome = invalidReply(text);
  }
}

/** A handler's own database work, which commits together with the inbox's record of its answer, or not at all. */
export class Transaction {
  readonly #inbox: Inbox;
  readonly #replier: Replier;
  readonly #job: Invocation;
  readonly #token: string;
  #isOpen = false;
  #ended: Recorded | HandlerOutcome | undefined;

  constructor(inbox: Inbox, replier: Replier, job: Invocation, token: string) {
    this.#inbox = inbox;
    this.#replier = replier;
    this.#job = job;
    this.#token = token;
  }

  /** How the execution has ended by it, whatever the handler does afterwards. */
  get ended(): Recorded | HandlerOutcome | undefined {
    return this.#ended;
  }

  /** Whether its answer is the one that counts. */
  get stands(): boolean {
    return this.#ended !== undefined && !("recorded" in this.#ended && this.#ended.recorded !== "done");
  }

  /** See {@link MessageContext.transaction}. */
  async run<Tx, Result>(work: (tx: Tx) => Result | Promise<Result>): Promise<Result> {
    const { incoming, route } = this.#job;
    const subject = `${route.operation.id} ${incoming.id}`;
    if (!this.#inbox.transact) {
      const text = `${subject}: this inbox has no transactions; pass serve the inbox of an SQLite or PostgreSQL store`;
      throw new SagaspecError("invalid-usage", text);
    }
    if (this.#isOpen || this.#ended) {
      throw new SagaspecError("invalid-usage", `${subject}: a message has one transaction; do all of the work in it`);
    }
    this.#isOpen = true;
    try {
      const { recorded, answer, result } = await this.#commit(this.#inbox.transact.bind(this.#inbox), work);
      this.#ended = { recorded, answer };
      if (recorded === "done") return result;
      throw new SagaspecError(
        "conflict",
        `${subject}: it is ${recorded}, and what its transaction did was rolled back`,
      );
    } catch (error) {
      if (error instanceof Unanswerable) this.#ended = error.outcome;
      throw error;
    } finally {
      this.#isOpen = false;
    }
  }

  async #commit<Tx, Result>(
    transact: NonNullable<Inbox["transact"]>,
    work: (tx: Tx) => Result | Promise<Result>,
  ): Promise<Recorded & { readonly result: Result }> {
    let done: { readonly result: Result; readonly answer: Outgoing | undefined } | undefined;
    const record = (result: Result) => {
      const outcome = outcomeOfValue(this.#job.request, result);
      if ("terminal" in outcome) throw new Unanswerable(outcome.terminal.message);
      const answer = this.#write(outcome);
      done = { result, answer: answer.outgoing };
      return answer.record();
    };
    const recorded = await transact(this.#token, (tx) => {
      const result = work(tx as Tx);
      return result instanceof Promise ? result.then(record) : record(result);
    });
    return { recorded, ...(done as NonNullable<typeof done>) };
  }

  #write(outcome: HandlerOutcome): Answer {
    try {
      return this.#replier.write(this.#job, outcome);
    } catch (error) {
      throw isInvalidMessage(error) ? new Unanswerable(error.message) : error;
    }
  }
}
