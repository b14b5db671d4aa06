/** Answers whoever asked for a saga by an operation, once the saga has ended. */

import { messageOf, SagaspecError } from "../../core/errors.js";
import { isRefused, needsResending, refusedError } from "../../messaging/sender.js";
import type { Outgoing, SendResult, Transport } from "../../messaging/transport.js";
import { kindOf, standardFailure } from "../../server/outcome.js";
import { standardFailureMessage } from "../../wire/failure.js";
import { replyEndpoint } from "../../wire/operation-plan.js";
import type { AnyRequest } from "../../wire/operations.js";
import { encodeReply, type ReplyContent } from "../../wire/reply-writer.js";
import type { SagaDefinition, StepScope } from "../define/definition.js";
import type { SagaAnswer } from "../define/start.js";
import type { Effect } from "../store/effects.js";
import { effectKey } from "../store/ids.js";
import type { StoreTime } from "./store-time.js";

export type AnswerEffect = Extract<Effect, { type: "answer" }>;

export interface RequesterRepliesOptions {
  readonly transport: Transport;
  readonly time: StoreTime;
  /** The operations that the sagas answer, by id. */
  readonly sagas: readonly SagaDefinition[];
  /** The effect has been carried out. */
  confirm(key: string): void;
  problem(error: unknown): void;
}

/** How long another worker may come by that knows how to answer. */
const hopeMs = 60_000;
const mostRemembered = 10_000;

/** Makes the function that sends an answer; it never rejects. What could not be sent for now a sweep brings again. */
export function createRequesterReplies(options: RequesterRepliesOptions): (effect: AnswerEffect) => Promise<void> {
  const { transport, time, sagas, confirm, problem } = options;
  const answers = sagas.flatMap(({ start }) => (start?.answer ? [start.answer] : []));
  const byOperation: ReadonlyMap<string, SagaAnswer> = new Map(answers.map((one) => [one.call.id, one]));
  /** When an answer that this worker cannot give came first. */
  const hopeless = new Map<string, number>();

  /** Nobody here knows how to answer, or where: said at once, and once more when it is given up. */
  function cannotAnswer(effect: AnswerEffect, why: string): void {
    const key = effectKey(effect);
    const since = hopeless.get(key);
    const isOver = since !== undefined && time.now() - since >= hopeMs;
    if (since !== undefined && !isOver) return;
    const subject = `answer to ${effect.caller.operation} (${effect.id})`;
    const hint = isOver ? "it is given up" : "register the saga with its answers(...), or it is given up in a minute";
    problem(new SagaspecError("unknown-operation", `${subject}: ${why}; ${hint}`));
    hopeless.delete(key);
    if (isOver) confirm(key);
    else if (hopeless.size < mostRemembered) hopeless.set(key, time.now());
  }

  async function sendTo(answer: SagaAnswer, to: Outgoing["to"], effect: AnswerEffect): Promise<SendResult | undefined> {
    const { caller } = effect;
    const address = { to, correlationId: caller.correlationId, nativeCorrelationId: caller.nativeCorrelationId };
    const meta = { id: effect.id, sentAt: time.now(), headers: undefined };
    const encode = (content: ReplyContent) => encodeReply(answer.call, content, address, meta);
    let message: Outgoing | undefined;
    try {
      const content = contentOf(answer, effect);
      message = content && encode(content);
    } catch (error) {
      problem(error);
      const why = standardFailure("invalid-reply", messageOf(error), false);
      if (caller.acceptsFailure)
        message = encode({ message: standardFailureMessage, payload: why, standard: kindOf(why) });
    }
    return message && (await transport.send([message]))[0];
  }

  return async (effect) => {
    const { caller } = effect;
    const answer = byOperation.get(caller.operation);
    if (!answer) return cannotAnswer(effect, "no saga registered here answers the operation");
    const to = caller.replyTo === undefined ? replyEndpoint(answer.call) : { reply: caller.replyTo };
    if (!to) return cannotAnswer(effect, "the request named no address for it, nor does the contract");
    try {
      const sent = await sendTo(answer, to, effect);
      // Whoever has gone does not come back for the answer; else a sweep tries again.
      if (sent !== undefined && needsResending(sent)) return;
      if (sent !== undefined && isRefused(sent)) problem(refusedError(caller.operation, sent));
      confirm(effectKey(effect));
    } catch (error) {
      // The transport is away.
      problem(error);
    }
  };
}

function contentOf({ call, reply, failure }: SagaAnswer, effect: AnswerEffect): ReplyContent | undefined {
  const { status, results, caller } = effect;
  if (status === "completed") return successOf(call, reply(results as StepScope));
  const message = `the saga was ${status}`;
  const why = effect.failure ?? { kind: "terminal", name: status, message };
  const declared = failure?.(status, why);
  const format = declared && call.reply.failure?.[declared.name];
  if (format) return { message: format, payload: declared.payload };
  if (!caller.acceptsFailure) return undefined;
  // Whoever asked reads what failed; a code that means something else to a requester is not passed on.
  const code = effect.failure === undefined || reservedCodes.has(why.name) ? "terminal" : why.name;
  const reason = effect.failure === undefined ? message : `${message}: ${why.name}: ${why.message}`;
  const payload = standardFailure(code, reason, false);
  return { message: standardFailureMessage, payload, standard: kindOf(payload) };
}

const reservedCodes: ReadonlySet<string> = new Set(["undone", "invalid-reply"]);

function successOf({ reply: { success } }: AnyRequest, value: unknown): ReplyContent | undefined {
  const [only] = success;
  if (only && success.length === 1) return { message: only, payload: value };
  const { name, payload } = value as { readonly name?: string; readonly payload?: unknown };
  const message = success.find((one) => one.name === name);
  return message && { message, payload };
}
