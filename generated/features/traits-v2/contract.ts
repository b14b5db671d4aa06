// Traits in 2.x 1.0.0. Generated from traits-v2.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, None, Send } from "@sagaspec/runtime/codegen";
import type { Order, OrderHeaders } from "./messages.js";
import { OrderHeadersSchema, OrderSchema } from "./schemas.js";

/**
 * Traits in 2.x: what others ask of it.
 * A trait overrides what the message says itself.
 */
export interface TraitsV2 extends Contract<TraitsV2Client, TraitsV2Handlers> {
  /**
   * Places an order.
   * @see `#/channels/orders/publish`
   */
  readonly placeOrder: Send<Order, None, OrderHeaders>;
}

/** `createClient(traitsV2, transport)` */
export interface TraitsV2Client extends Client<TraitsV2> {}

/** `serve(traitsV2, handlers, transport)` */
export interface TraitsV2Handlers extends Handlers<TraitsV2> {}

const orders: Channel = { address: "orders" };

const order: Message<Order, OrderHeaders> = {
  name: "order",
  payload: OrderSchema,
  headers: OrderHeadersSchema,
  contentType: "application/vnd.shop+json",
};

export const traitsV2: TraitsV2 = {
  $contract: { service: "traits-v2", version: "1.0.0" },
  placeOrder: {
    kind: "send",
    id: "traits-v2.placeOrder",
    action: "receive",
    channel: orders,
    message: order,
    bindings: { amqp: { ack: true } },
  },
};
