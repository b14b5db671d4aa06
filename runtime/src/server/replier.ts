import type { Clock } from "../core/clock.js";
import { isInvalidMessage } from "../core/errors.js";
import type { Problem, ReportProblem } from "../core/problems.js";
import { uuidv7 } from "../core/uuid.js";
import type { RecordedReply } from "../messaging/inbox.js";
import { isRefused, senderOf } from "../messaging/sender.js";
import type { Incoming, Outgoing, Refused, SendResult, Transport } from "../messaging/transport.js";
import type { StandardFailure } from "../wire/failure.js";
import { replyEndpoint } from "../wire/operation-plan.js";
import type { AnyRequest } from "../wire/operations.js";
import { encodeReply, type ReplyContent, type ReturnAddress } from "../wire/reply-writer.js";
import { traceOf } from "../wire/trace.js";
import type { Addressed } from "./invocation.js";
import { type HandlerOutcome, standardFailure, standardReply } from "./outcome.js";
import { recorded, remembered } from "./recorded-reply.js";

/** The answer to a message, on the wire and in the inbox. */
export interface Answer {
  /** Undefined when no answer is expected, or the requester would not understand it. */
  readonly outgoing: Outgoing | undefined;
  /** What the inbox keeps, so that a duplicate gets the same answer. */
  record(): RecordedReply;
}

const noAnswer: Answer = { outgoing: undefined, record: () => ({ name: "", payload: null }) };

/** Writes the answers of a participant, and sends them. */
export class Replier {
  readonly send: (message: Outgoing) => Promise<SendResult>;
  readonly #clock: Clock;

  constructor(transport: Transport, clock: Clock, report: ReportProblem) {
    const send = senderOf(transport);
    this.send = (message) =>
      send(message).then((sent) => {
        if (isRefused(sent)) report(unsendable(message, sent));
        return sent;
      });
    this.#clock = clock;
  }

  /**
   * The answer that an outcome asks for.
   * @throws SagaspecError `invalid-message` when what the handler returned breaks the contract.
   */
  write({ request, incoming, address }: Addressed, outcome: HandlerOutcome): Answer {
    const reply = request && replyOf(request, incoming, outcome);
    if (!request || !reply) return noAnswer;
    const record = () => recorded(request, reply, address);
    if (!address.to) return { outgoing: undefined, record };
    try {
      return { outgoing: this.#encode(request, reply, address, address.to, incoming), record };
    } catch (error) {
      // A failure that lacks what the contract asks of it, such as the correlation id that the request did not bring.
      if (reply.standard !== undefined && isInvalidMessage(error)) return { outgoing: undefined, record };
      throw error;
    }
  }

  /**
   * Sends a recorded reply, to `address` or else where it was meant to go. `nothing`: there is none to send;
   * `not-understood`: it is a standard failure, which this requester does not know.
   * @throws SagaspecError `invalid-message` when the contract does not allow it any more.
   */
  async resend(
    request: AnyRequest,
    reply: RecordedReply,
    address: ReturnAddress,
    incoming: Incoming | undefined,
  ): Promise<SendResult | "nothing" | "not-understood"> {
    const known = reply.name === "" ? undefined : remembered(request, reply);
    const to = address.to ?? (reply.replyTo === undefined ? replyEndpoint(request) : { reply: reply.replyTo });
    if (!known || !to) return "nothing";
    const isStandard = known.standard !== undefined && incoming !== undefined;
    const content = isStandard ? standardReply(request, incoming, known.payload as StandardFailure) : known;
    if (!content) return "not-understood";
    const correlationId = address.correlationId ?? reply.correlationId;
    return this.send(this.#encode(request, content, { ...address, correlationId }, to, incoming));
  }

  #encode(
    request: AnyRequest,
    reply: ReplyContent,
    address: ReturnAddress,
    to: Outgoing["to"],
    incoming: Incoming | undefined,
  ): Outgoing {
    const sentAt = this.#clock.now();
    const headers = incoming && traceOf(incoming.headers);
    return encodeReply(request, reply, { ...address, to }, { id: uuidv7(sentAt), sentAt, headers });
  }
}

/** A reply that is never taken is given up, and its requester times out. */
function unsendable({ id }: Outgoing, { refused, retryable }: Refused): Problem {
  const next = retryable ? "it is sent again later" : "it is given up";
  return { kind: "unsendable", messageId: id, reason: `the broker refused a reply (${refused}); ${next}` };
}

function replyOf(request: AnyRequest, incoming: Incoming, outcome: HandlerOutcome): ReplyContent | undefined {
  if ("reply" in outcome) return outcome.reply;
  if ("deferred" in outcome) return undefined;
  const failure = "terminal" in outcome ? outcome.terminal : standardFailure("error", outcome.retry.message, true);
  return standardReply(request, incoming, failure);
}
