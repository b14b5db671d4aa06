/** Answers whoever asked for a saga by an operation, once the saga has ended. */

import { isRefused, needsResending, refusedError } from "../../messaging/sender.js";
import type { Transport } from "../../messaging/transport.js";
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

export class RequesterReplies {
  readonly #options: RequesterRepliesOptions;
  readonly #byOperation: ReadonlyMap<string, SagaAnswer>;

  constructor(options: RequesterRepliesOptions) {
    this.#options = options;
    const answers = options.sagas.flatMap(({ start }) => (start?.answer ? [start.answer] : []));
    this.#byOperation = new Map(answers.map((one) => [one.call.id, one]));
  }

  async send(effect: AnswerEffect): Promise<void> {
    const { transport, time, confirm, problem } = this.#options;
    const { caller } = effect;
    const answer = this.#byOperation.get(caller.operation);
    const to = caller.replyTo === undefined ? answer && replyEndpoint(answer.call) : { reply: caller.replyTo };
    if (!answer || !to) return;
    try {
      const content = contentOf(answer, effect);
      if (content) {
        const address = { to, correlationId: caller.correlationId, nativeCorrelationId: caller.nativeCorrelationId };
        const meta = { id: effect.id, sentAt: time.now(), headers: undefined };
        const [sent] = await transport.send([encodeReply(answer.call, content, address, meta)]);
        // Whoever has gone does not come back for the answer; else a sweep tries again.
        if (sent !== undefined && needsResending(sent)) return;
        if (sent !== undefined && isRefused(sent)) problem(refusedError(caller.operation, sent));
      }
    } catch (error) {
      problem(error);
    }
    confirm(effectKey(effect));
  }
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
  const payload = standardFailure("terminal", message, false);
  return { message: standardFailureMessage, payload, standard: kindOf(payload) };
}

function successOf({ reply: { success } }: AnyRequest, value: unknown): ReplyContent | undefined {
  const [only] = success;
  if (only && success.length === 1) return { message: only, payload: value };
  const { name, payload } = value as { readonly name?: string; readonly payload?: unknown };
  const message = success.find((one) => one.name === name);
  return message && { message, payload };
}
