import { DeclaredFailure } from "../client/failure.js";
import type { Clock } from "../clock.js";
import type { Failures, Json, RequestContext } from "../codegen.js";
import type { Incoming } from "../transport.js";

/** What a handler is given beside the payload. Made for every message: what is seldom asked for is made when asked. */
export class HandlerContext implements RequestContext<Failures, unknown> {
  readonly messageId: string;
  readonly headers: { readonly [name: string]: Json };
  readonly parameters: { readonly [name: string]: never };
  readonly deliveries: number;
  readonly transaction: RequestContext<Failures>["transaction"];
  readonly #clock: Clock;
  readonly #deadline: number | undefined;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #cancelDeadline: (() => void) | undefined;

  constructor(
    incoming: Incoming,
    parameters: { readonly [name: string]: string },
    clock: Clock,
    transaction: RequestContext<Failures>["transaction"],
  ) {
    this.messageId = incoming.id;
    this.headers = incoming.headers;
    this.parameters = parameters as { readonly [name: string]: never };
    this.deliveries = incoming.deliveries;
    this.transaction = transaction;
    this.#clock = clock;
    this.#deadline = incoming.expiresAt;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
      else if (this.#deadline !== undefined) {
        const expire = () => this.abort(new Error("the requester's deadline has passed"));
        this.#cancelDeadline = this.#clock.after(this.#deadline - this.#clock.now(), expire);
      }
    }
    return this.#controller.signal;
  }

  // A property, because handlers take it out of the context: `({ orderId }, { fail }) => ...`.
  readonly fail = (name: string, payload: unknown): Error => new DeclaredFailure(name, payload);

  abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  /** Releases the timer of the deadline. */
  end(): void {
    this.#cancelDeadline?.();
  }
}
