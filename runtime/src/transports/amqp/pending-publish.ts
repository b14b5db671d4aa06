import { messageOf, SagaspecError } from "../../core/errors.js";
import type { DeliveryBatch } from "./delivery-batch.js";
import type { PublishProperties } from "./driver.js";
import type { Route } from "./topology.js";

/** A message ready to be written. */
export interface PendingPublish {
  readonly route: Route;
  readonly content: Buffer;
  readonly properties: PublishProperties & { readonly messageId: string };
  /** Milliseconds since 1970. A parcel that is not written by then is dropped, and `unknown`. */
  readonly deadline?: number | undefined;
}

/**
 * A parcel on its way.
 *
 * waiting:   in `waiting`, until the channel has room
 * in flight: written, in `inFlight` under its key, until confirmed or the channel closes
 * following: behind an equal key in flight, because a returned message is known by its key only
 *
 * The batch holds the verdict. One that timed out in flight stays there, as its confirm may still come.
 */
export interface Entry {
  readonly parcel: PendingPublish;
  readonly key: string;
  readonly batch: DeliveryBatch;
  readonly index: number;
  returned: boolean;
  follower: Entry | undefined;
}

export function createEntry(parcel: PendingPublish, batch: DeliveryBatch, index: number): Entry {
  const { exchange, routingKey } = parcel.route;
  const key = keyOf(exchange, routingKey, parcel.properties.messageId);
  return { parcel, key, batch, index, returned: false, follower: undefined };
}

/** What a returned message is known by. */
export function keyOf(exchange: string, routingKey: string, messageId: string): string {
  return `${messageId}\n${routingKey}\n${exchange}`;
}

/** The driver has refused to write the parcel. */
export function unencodable(parcel: PendingPublish, cause: unknown): SagaspecError {
  return new SagaspecError(
    "invalid-message",
    `message "${parcel.properties.messageId}" to "${parcel.route.routingKey}": AMQP cannot carry it (${messageOf(cause)}); shorten its headers and ids`,
    { cause },
  );
}
