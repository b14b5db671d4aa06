/** Answers that come later than their handler returns, and perhaps from another process. */
import type { Caller } from "../saga/store/effects.js";
import { acceptFailureHeader } from "../wire/message-format.js";
import { HandlerContext } from "./handler-context.js";

/** What a handler returns that has left the answer to somebody else. */
export const deferred: unique symbol = Symbol("answered later");

/** How to answer the request that a handler's context is of; undefined when nobody waits for an answer. */
export function callerOf(context: object): Caller | undefined {
  const { request, address, incoming } = HandlerContext.messageOf(context) ?? {};
  if (!request || !address?.to || !incoming) return undefined;
  const { to, correlationId, nativeCorrelationId } = address;
  return {
    operation: request.id,
    ...("reply" in to && { replyTo: to.reply }),
    ...(correlationId !== undefined && { correlationId }),
    ...(nativeCorrelationId !== undefined && { nativeCorrelationId }),
    acceptsFailure: incoming.headers[acceptFailureHeader] === "sagaspec",
  };
}
