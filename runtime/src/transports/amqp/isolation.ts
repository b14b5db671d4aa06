/** Finds which of several messages the broker closes a channel over. */
import { bisect } from "../../core/bisect.js";
import { messageOf } from "../../core/errors.js";
import { withTimeout } from "../../core/timing.js";
import type { SendResult } from "../../messaging/transport.js";
import type { AmqpContext } from "./context.js";
import type { AmqpConfirmChannel } from "./driver.js";
import { isNack, keyOfReturned, nacked, type PendingPublish, writeTo } from "./publish-queue.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";

/** The broker closed the channel, or the connection, over one of the messages. */
class ClosedOverMessage extends Error {}

const notFound = 404;

/**
 * Sends suspects apart from all others: together on a channel of their own, in halves where it is closed, until each is
 * either taken or known to be refused. Sets of suspects go one after the other.
 */
export function createIsolation(
  context: AmqpContext,
  connection: ReconnectingConnection,
  finish: (pending: PendingPublish, result: SendResult) => void,
): (suspects: readonly PendingPublish[]) => void {
  let isolating = Promise.resolve();

  async function isolate(suspects: readonly PendingPublish[]): Promise<void> {
    const results = await bisect(suspects, sendTogether, isClosedOverMessage).catch((error: unknown) => {
      context.warn(error);
      return suspects.map(() => "unknown" as const);
    });
    for (const [index, pending] of suspects.entries()) {
      const result = results[index] ?? "unknown";
      finish(pending, result instanceof Error ? refusedBy(result.cause) : result);
    }
  }

  async function sendTogether(suspects: readonly PendingPublish[]): Promise<SendResult[]> {
    const open = await connection.connection();
    const channel = await connection.answer(open.createConfirmChannel());
    const returned = new Set<string>();
    let closedBy: Error | undefined;
    channel.on("error", (error) => {
      closedBy = error;
    });
    channel.on("return", (message) => {
      returned.add(keyOfReturned(message));
    });
    try {
      const sending = suspects.map(async (pending) => {
        const result = await send(channel, pending);
        return result === "accepted" && returned.has(pending.key) ? "unroutable" : result;
      });
      return await withTimeout(Promise.all(sending), { ms: context.sendTimeoutMs, late: () => new Error("no answer") });
    } catch (error) {
      const reason = closedOver(connection, closedBy);
      throw reason ? new ClosedOverMessage(reason.message, { cause: reason }) : error;
    } finally {
      void channel.close().catch(() => undefined);
    }
  }

  return (suspects) => {
    isolating = isolating.then(() => isolate(suspects));
  };
}

function send(channel: AmqpConfirmChannel, pending: PendingPublish): Promise<SendResult> {
  return new Promise((resolve, reject) => {
    const written = writeTo(channel, pending, (error) => {
      if (!error) resolve("accepted");
      else if (isNack(error)) resolve(nacked);
      else reject(error);
    });
    if (written === undefined) resolve("unknown");
  });
}

function isClosedOverMessage(error: unknown): error is Error {
  return error instanceof ClosedOverMessage;
}

// AMQP 0-9-1, constants: frame, syntax and command errors, which close the whole connection.
const connectionErrorsOfMessages = new Set([501, 502, 503, 505, 540, 541]);

/**
 * Why the broker closed a channel, where it was over what was written to it.
 * @param closedBy the error of the channel itself
 */
export function closedOver(connection: ReconnectingConnection, closedBy: Error | undefined): Error | undefined {
  if (closedBy && codeOf(closedBy) !== undefined) return closedBy;
  const reason = connection.closedBy();
  return reason && connectionErrorsOfMessages.has(codeOf(reason) ?? 0) ? reason : undefined;
}

function refusedBy(reason: unknown): SendResult {
  // amqplib: `Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - ..."`
  const said = messageOf(reason);
  // An exchange that was deleted is declared again, with the next channel.
  const retryable = reason instanceof Error && codeOf(reason) === notFound;
  return { refused: /with message "(.*)"$/s.exec(said)?.[1] ?? said, retryable };
}

function codeOf(error: Error): number | undefined {
  return "code" in error && typeof error.code === "number" ? error.code : undefined;
}
