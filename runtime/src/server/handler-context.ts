import type { Failures, Json, RequestContext } from "../codegen.js";
import type { Clock } from "../core/clock.js";
import { DeclaredFailure } from "../core/errors.js";
import { acceptFailureHeader } from "../wire/message-format.js";
import type { Caller } from "../wire/reply-writer.js";
import type { Addressed } from "./invocation.js";

/** What a handler is given beside the payload. Made for every message: what is seldom asked for is made when asked. */
export class HandlerContext implements RequestContext<Failures, unknown> {
  readonly messageId: string;
  readonly headers: { readonly [name: string]: Json };
  readonly parameters: { readonly [name: string]: never };
  readonly deliveries: number;
  readonly transaction: RequestContext<Failures>["transaction"];
  readonly #message: Addressed;
  readonly #clock: Clock;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #cancelDeadline: (() => void) | undefined;

  constructor(
    message: Addressed,
    parameters: { readonly [name: string]: string },
    clock: Clock,
    transaction: RequestContext<Failures>["transaction"],
  ) {
    const { incoming } = message;
    this.messageId = incoming.id;
    this.headers = incoming.headers;
    this.parameters = parameters as { readonly [name: string]: never };
    this.deliveries = incoming.deliveries;
    this.transaction = transaction;
    this.#message = message;
    this.#clock = clock;
  }

  /** Which message the context is of, and where its answer goes; undefined for what is no context. */
  static messageOf(context: object): Addressed | undefined {
    return #message in context ? context.#message : undefined;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
      else this.#watchDeadline(this.#message.incoming.expiresAt);
    }
    return this.#controller.signal;
  }

  // A property, because handlers take it out of the context: `({ orderId }, { fail }) => ...`.
  readonly fail: RequestContext<Failures>["fail"] = fail;

  abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  /** Releases the timer of the deadline. */
  end(): void {
    this.#cancelDeadline?.();
  }

  #watchDeadline(deadline: number | undefined): void {
    if (deadline === undefined) return;
    const expire = () => this.abort(new Error("the requester's deadline has passed"));
    this.#cancelDeadline = this.#clock.after(deadline - this.#clock.now(), expire);
  }
}

function fail(name: string, payload: unknown): Error {
  return new DeclaredFailure(name, payload);
}

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
