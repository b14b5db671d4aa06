import { DeclaredFailure, TerminalError } from "../core/errors.js";
import type { Incoming } from "../messaging/transport.js";
import {
  carriesStandardFailure,
  type FailureKind,
  type StandardFailure,
  standardFailureMessage,
} from "../wire/failure.js";
import { acceptFailureHeader, formatOf } from "../wire/message-format.js";
import { type AnyRequest, successNames } from "../wire/operations.js";
import type { ReplyContent } from "../wire/reply-writer.js";

/** What a handler returns that has left the answer to somebody else. */
export const deferred: unique symbol = Symbol("answered later");

/** How a handler ended: with an answer that stands, or with an error that may not happen again. */
export type HandlerOutcome =
  | { readonly reply: ReplyContent | undefined }
  | { readonly terminal: StandardFailure }
  | { readonly retry: Error }
  /** Somebody else answers, later. */
  | { readonly deferred: true };

/** The outcome of a handler that returned. */
export function outcomeOfValue(request: AnyRequest | undefined, value: unknown): HandlerOutcome {
  if (value === deferred) return { deferred: true };
  if (!request) return { reply: undefined };
  const { success } = request.reply;
  const [only] = success;
  if (only && success.length === 1) return { reply: { message: only, payload: value } };
  const named = value as { readonly name?: unknown; readonly payload?: unknown } | undefined;
  const names = successNames(request);
  const message = success.find((_, index) => names[index] === named?.name);
  if (message) return { reply: { message, payload: named?.payload } };
  if (success.length === 0) return { reply: undefined };
  return invalidReply(
    `${request.id}: the handler must return { name, payload }, with one of the names ${names.join(", ")}`,
  );
}

/** The outcome of a handler that threw. */
export function outcomeOfError(request: AnyRequest | undefined, error: unknown): HandlerOutcome {
  if (error instanceof DeclaredFailure) {
    const message = request?.reply.failure?.[error.failure];
    if (message) return { reply: { message, payload: error.payload } };
    return { terminal: standardFailure("terminal", `the contract declares no failure "${error.failure}"`, false) };
  }
  if (error instanceof TerminalError) return { terminal: standardFailure("terminal", error.message, false) };
  return { retry: error instanceof Error ? error : new Error(String(error)) };
}

/** The handler has done its work, but what it answers breaks the contract: asking again will not change that. */
export function invalidReply(text: string): HandlerOutcome {
  return { terminal: standardFailure("invalid-reply", text, false) };
}

// Long enough for a reason; a stack or a dump of data stays here.
const longestMessage = 500;

export function standardFailure(code: string, message: string, retryable: boolean): StandardFailure {
  return { code, message: message.slice(0, longestMessage), retryable };
}

/** How the requester is to take a standard failure. */
export function kindOf({ code, retryable }: StandardFailure): FailureKind {
  if (retryable) return "retryable";
  if (code === "undone") return "undone";
  return code === "invalid-reply" ? "error" : "terminal";
}

/** A standard failure as a reply, in words that the requester understands; undefined when it understands none. */
export function standardReply(
  request: AnyRequest,
  incoming: Incoming,
  failure: StandardFailure,
): ReplyContent | undefined {
  const standard = kindOf(failure);
  if (incoming.headers[acceptFailureHeader] === "sagaspec") {
    return { message: standardFailureMessage, payload: failure, standard };
  }
  const declared = Object.values(request.reply.failure ?? {}).find(
    (message) => carriesStandardFailure(message) && formatOf(message).accepts(failure),
  );
  return declared && { message: declared, payload: failure, standard };
}
