import type { Json } from "../codegen.js";
import { messageOf } from "../core/errors.js";
import {
  type Failure,
  type FailureKind,
  failureKinds,
  type StandardFailure,
  standardFailureMessage,
} from "./failure.js";
import { type Choosable, matchMessage } from "./match-message.js";
import type { Incoming } from "./message.js";
import { failureHeader, formatOf, type MessageFormat } from "./message-format.js";
import { type AnyOperation, type AnyRequest, successNames } from "./operations.js";

interface ReplyCandidate extends Choosable {
  /** What the program calls the message. */
  readonly name: string;
  readonly failure: boolean;
}

interface ReplyPlan {
  readonly candidates: readonly ReplyCandidate[];
  readonly severalSuccesses: boolean;
}

const plans = new WeakMap<AnyOperation, ReplyPlan>();
const standardFormat: MessageFormat = formatOf(standardFailureMessage);

function planOf(request: AnyRequest): ReplyPlan {
  let plan = plans.get(request);
  if (!plan) {
    const subject = `${request.id} (reply)`;
    const { success, failure = {} } = request.reply;
    const names = successNames(request);
    plan = {
      candidates: [
        ...success.map((message, index) => ({
          format: formatOf(message),
          subject,
          name: names[index] ?? message.name,
          failure: false,
        })),
        ...Object.entries(failure).map(([name, message]) => ({
          format: formatOf(message),
          subject,
          name,
          failure: true,
        })),
      ],
      severalSuccesses: success.length > 1,
    };
    plans.set(request, plan);
  }
  return plan;
}

/**
 * Reads a reply of a request. Never throws: what is wrong with a reply is a failure of kind `invalid-reply`.
 * A success that is one of several messages reads as `{ name, payload }`, one without payload as `null`.
 * A program is given dates and big integers where its contract was generated so; what is stored stays as it travels.
 */
export function decodeReply(
  request: AnyRequest,
  reply: Incoming,
  given: "wire" | "program" = "wire",
): { readonly ok: Json } | { readonly failure: Failure } {
  try {
    return read(request, reply, given);
  } catch (error) {
    return invalid(messageOf(error));
  }
}

function read(
  request: AnyRequest,
  reply: Incoming,
  given: "wire" | "program",
): { readonly ok: Json } | { readonly failure: Failure } {
  const kind = reply.headers[failureHeader];
  if (reply.type === standardFailureMessage.name || (typeof kind === "string" && failureKinds.has(kind))) {
    return standard(reply, kind);
  }
  const plan = planOf(request);
  const choice = matchMessage(plan.candidates, reply);
  if ("unknown" in choice) return invalid(`${request.id}: "${choice.unknown}" is no reply that the contract declares`);
  if ("invalid" in choice) return invalid(choice.invalid.message);
  if ("ambiguous" in choice) {
    const names = choice.ambiguous.map(({ format }) => `"${format.message.name}"`).join(" or ");
    return invalid(`${request.id}: the reply may be ${names}; send the message name along`);
  }
  const { candidate } = choice;
  const payload = ((given === "program" ? candidate.format.fromWire(choice.payload) : choice.payload) ?? null) as Json;
  if (candidate.failure) {
    const message = `${request.id}: answered with ${candidate.name}`;
    return { failure: { kind: "declared", name: candidate.name, message, payload } };
  }
  return { ok: plan.severalSuccesses ? { name: candidate.name, payload } : payload };
}

function standard(reply: Incoming, kind: Json | undefined): { readonly failure: Failure } {
  const payload = standardFormat.decode(reply.body, "standard failure");
  standardFormat.assert({ headers: {}, payload }, "standard failure", "incoming");
  const { code, message, retryable } = payload as StandardFailure;
  const told = typeof kind === "string" && failureKinds.has(kind) ? (kind as FailureKind) : undefined;
  return { failure: { kind: told ?? (retryable ? "retryable" : "error"), name: code, message } };
}

function invalid(message: string): { readonly failure: Failure } {
  return { failure: { kind: "invalid-reply", name: "invalid-reply", message } };
}
