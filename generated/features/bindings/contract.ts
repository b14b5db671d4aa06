// Bindings 1.0.0. Generated from bindings.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Order } from "./messages.js";
import { OrderSchema } from "./schemas.js";

/**
 * Bindings: what others ask of it.
 * Carried into the descriptors, of every protocol.
 */
export interface Bindings extends Contract<BindingsClient, BindingsHandlers> {
  /** @see `#/operations/onOrder` */
  readonly onOrder: Send<Order>;
}

/** `createClient(bindings, transport)` */
export interface BindingsClient extends Client<Bindings> {}

/** `serve(bindings, handlers, transport)` */
export interface BindingsHandlers extends Handlers<Bindings> {}

const orders: Channel = {
  address: "orders",
  bindings: {
    amqp: { is: "routingKey", exchange: { name: "shop", type: "topic", durable: true } },
    kafka: { topic: "orders", partitions: 3 },
    ws: { method: "GET" },
  },
};

const order: Message<Order> = {
  name: "order",
  payload: OrderSchema,
  bindings: { amqp: { messageType: "order", contentEncoding: "gzip" }, kafka: { key: { type: "string" } } },
};

export const bindings: Bindings = {
  $contract: { service: "bindings", version: "1.0.0" },
  onOrder: {
    kind: "send",
    id: "bindings.onOrder",
    action: "receive",
    channel: orders,
    message: order,
    bindings: { amqp: { ack: true, expiration: 1000 }, mqtt: { qos: 1 }, nats: { queue: "workers" } },
  },
};
