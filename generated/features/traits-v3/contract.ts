// Traits in 3.x 1.0.0. Generated from traits-v3.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, None, Send } from "@sagaspec/runtime/codegen";
import type { Order, OrderHeaders } from "./messages.js";
import { OrderHeadersSchema, OrderSchema } from "./schemas.js";

/**
 * Traits in 3.x: what others ask of it.
 * What the message says itself wins over a trait.
 */
export interface TraitsV3 extends Contract<TraitsV3Client, TraitsV3Handlers> {
  /**
   * Kept over the trait.
   * @see `#/operations/placeOrder`
   */
  readonly placeOrder: Send<Order, None, OrderHeaders>;
}

/** `createClient(traitsV3, transport)` */
export interface TraitsV3Client extends Client<TraitsV3> {}

/** `serve(traitsV3, handlers, transport)` */
export interface TraitsV3Handlers extends Handlers<TraitsV3> {}

const orders: Channel = { address: "orders" };

const order: Message<Order, OrderHeaders> = { name: "order", payload: OrderSchema, headers: OrderHeadersSchema };

export const traitsV3: TraitsV3 = {
  $contract: { service: "traits-v3", version: "1.0.0" },
  placeOrder: {
    kind: "send",
    id: "traits-v3.placeOrder",
    action: "receive",
    channel: orders,
    message: order,
    bindings: { amqp: { ack: true } },
  },
};
