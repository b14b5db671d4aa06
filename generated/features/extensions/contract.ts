// Extensions 1.0.0. Generated from extensions.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Send } from "@sagaspec/runtime/codegen";
import type { Order } from "./messages.js";
import { OrderSchema } from "./schemas.js";

/**
 * Extensions: what others ask of it.
 * Bare or under x-sagaspec, which wins; of the wrong shape, or where nobody waits for a reply, they are ignored.
 */
export interface Extensions extends Contract<ExtensionsClient, ExtensionsHandlers> {
  /** @see `#/operations/first` */
  readonly placeOrder: Request<Order, void>;

  /** @see `#/operations/second` */
  readonly second: Request<Order, void>;

  /** @see `#/operations/third` */
  readonly third: Send<Order>;

  /** @see `#/operations/fourth` */
  readonly fourth: Send<Order>;
}

/** `createClient(extensions, transport)` */
export interface ExtensionsClient extends Client<Extensions> {}

/** `serve(extensions, handlers, transport)` */
export interface ExtensionsHandlers extends Handlers<Extensions> {}

const orders: Channel = { address: "orders" };

const order: Message<Order> = { name: "order", payload: OrderSchema };

export const extensions: Extensions = {
  $contract: { service: "extensions", version: "1.0.0" },
  placeOrder: {
    kind: "request",
    id: "extensions.placeOrder",
    action: "receive",
    channel: orders,
    message: order,
    reply: { success: [] },
    timeoutMs: 1_500,
  },
  second: {
    kind: "request",
    id: "extensions.second",
    action: "receive",
    channel: orders,
    message: order,
    reply: { success: [] },
    timeoutMs: 120_000,
    idempotencyKey: "$message.payload#/id",
  },
  third: { kind: "send", id: "extensions.third", action: "receive", channel: orders, message: order },
  fourth: { kind: "send", id: "extensions.fourth", action: "receive", channel: orders, message: order },
};
