import { SagaspecError } from "../core/errors.js";
import { createBatcher } from "./batcher.js";
import type { Outgoing, Refused, SendResult, Transport } from "./transport.js";

const senders = new WeakMap<Transport, (message: Outgoing) => Promise<SendResult>>();

/** Sends one message; what is sent in the same turn goes to the transport as one batch. */
export function senderOf(transport: Transport): (message: Outgoing) => Promise<SendResult> {
  let send = senders.get(transport);
  if (!send) {
    send = createBatcher((batch) => transport.send(batch));
    senders.set(transport, send);
  }
  return send;
}

/** Whether the message has to be sent again: it is not known to have arrived, and may be taken later. */
export function needsResending(sent: SendResult): boolean {
  return sent === "unknown" || (isRefused(sent) && sent.retryable);
}

/** Whether the broker definitely did not take the message. */
export function isRefused(sent: SendResult): sent is Refused {
  return typeof sent === "object";
}

/** The error of a message that the broker did not take. */
export function refusedError(operation: string, { refused, retryable }: Refused): SagaspecError {
  return retryable
    ? new SagaspecError(
        "transport-unavailable",
        `${operation}: the broker refused the message (${refused}); send it again later`,
        { retryable },
      )
    : new SagaspecError("invalid-message", `${operation}: the message cannot be sent (${refused}); change it`);
}

/** The error of a message that nobody would get. */
export function unroutable(operation: string, { to }: Outgoing): SagaspecError {
  const address = "reply" in to ? to.reply : to.address;
  const text = `${operation}: nobody listens at "${address}"; start the service, or declare its queue`;
  return new SagaspecError("unroutable", text, { retryable: true });
}

/** The error of a message of which it is not known whether the broker has it. */
export function unconfirmed(operation: string): SagaspecError {
  const text = `${operation}: the transport did not confirm the message; send it again with the same messageId`;
  return new SagaspecError("transport-unavailable", text, { retryable: true });
}
