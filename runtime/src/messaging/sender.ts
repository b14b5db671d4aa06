import { SagaspecError } from "../core/errors.js";
import { createBatcher } from "./batcher.js";
import type { Outgoing, SendResult, Transport } from "./transport.js";

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

/** The error of a message that nobody would get. */
export function unroutable(operation: string, { to }: Outgoing): SagaspecError {
  const address = "reply" in to ? to.reply : to.address;
  const text = `${operation}: nobody listens at "${address}"; start the service, or declare its queue`;
  return new SagaspecError("unroutable", text, { retryable: true });
}

/** The error of a message that may or may not have reached the broker. */
export function unconfirmed(operation: string): SagaspecError {
  const text = `${operation}: the transport did not confirm the message; send it again with the same messageId`;
  return new SagaspecError("transport-unavailable", text, { retryable: true });
}
