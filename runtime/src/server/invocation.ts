import { messageOf } from "../core/errors.js";
import type { Problem } from "../core/problems.js";
import type { Incoming } from "../messaging/transport.js";
import type { AnyRequest } from "../wire/operations.js";
import type { ReturnAddress } from "../wire/reply-writer.js";
import type { Handler, Route } from "./route.js";

/** A message and where its answer goes, if it wants one. */
export interface Addressed {
  readonly incoming: Incoming;
  readonly request: AnyRequest | undefined;
  readonly address: ReturnAddress;
}

export const noReplyAddress: ReturnAddress = {
  to: undefined,
  correlationId: undefined,
  nativeCorrelationId: undefined,
};

/** A message that has been recognised, and its handler. */
export interface Invocation extends Addressed {
  readonly route: Route;
  readonly handler: Handler;
  readonly payload: unknown;
  /** Address parameters. */
  readonly parameters: { readonly [name: string]: string };
}

/** The problem of a handler that threw. */
export function handlerError({ route, incoming }: Invocation, error: unknown): Problem {
  return {
    kind: "handler-error",
    operation: route.operation.id,
    messageId: incoming.id,
    reason: messageOf(error),
    error,
  };
}
