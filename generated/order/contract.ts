// Order service 1.0.0. Generated from specs/order.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Send, Server } from "@sagaspec/runtime/codegen";
import type { NewOrder, OrderAccepted, OrderApproved, OrderRejected } from "./messages.js";
import { NewOrderSchema, OrderAcceptedSchema, OrderApprovedSchema, OrderRejectedSchema } from "./schemas.js";

/**
 * Order service: what others ask of it.
 * Takes orders and sees each of them through to approved or rejected.
 */
export interface Order extends Contract<OrderClient, OrderHandlers> {
  /**
   * Takes an order as pending and starts its saga.
   * @see `#/operations/createOrder`
   */
  readonly createOrder: Request<NewOrder, OrderAccepted>;
}

/** `createClient(order, transport)` */
export interface OrderClient extends Client<Order> {}

/** `serve(order, handlers, transport)` */
export interface OrderHandlers extends Handlers<Order> {}

/** Order service: what it tells others. */
export interface OrderEvents extends Contract<OrderEventsClient, OrderEventsHandlers> {
  /**
   * Tells how an order ended.
   * @see `#/operations/orderOutcome`
   */
  readonly orderOutcome: {
    /** The restaurant cooks and the money is held. */
    readonly orderApproved: Send<OrderApproved>;
    /** Nothing will be cooked and nothing is held. */
    readonly orderRejected: Send<OrderRejected>;
  };
}

/** `createClient(orderEvents, transport)`: for the Order service itself. */
export interface OrderEventsClient extends Client<OrderEvents> {}

/** `subscribe(orderEvents, handlers, transport)` */
export interface OrderEventsHandlers extends Handlers<OrderEvents> {}

const servers: { readonly [name: string]: Server } = { development: { host: "localhost:5672", protocol: "amqp" } };
const commands: Channel = {
  address: "order_service.commands",
  bindings: { amqp: { is: "queue", queue: { name: "order_service.commands", durable: true } } },
};
const events: Channel = { address: "order_service.events" };

const createOrder: Message<NewOrder> = {
  name: "createOrder",
  payload: NewOrderSchema,
  correlationId: "$message.header#/correlationId",
};
const orderAccepted: Message<OrderAccepted> = {
  name: "orderAccepted",
  payload: OrderAcceptedSchema,
  correlationId: "$message.header#/correlationId",
};
const orderApproved: Message<OrderApproved> = { name: "orderApproved", payload: OrderApprovedSchema };
const orderRejected: Message<OrderRejected> = { name: "orderRejected", payload: OrderRejectedSchema };

export const order: Order = {
  $contract: { service: "order", version: "1.0.0", servers },
  createOrder: {
    kind: "request",
    id: "order.createOrder",
    action: "receive",
    channel: commands,
    message: createOrder,
    reply: { address: "$message.header#/replyTo", success: [orderAccepted] },
    timeoutMs: 5_000,
    idempotencyKey: "$message.payload#/orderId",
  },
};

export const orderEvents: OrderEvents = {
  $contract: { service: "order", version: "1.0.0", servers },
  orderOutcome: {
    orderApproved: {
      kind: "send",
      id: "order.orderOutcome.orderApproved",
      action: "send",
      channel: events,
      message: orderApproved,
    },
    orderRejected: {
      kind: "send",
      id: "order.orderOutcome.orderRejected",
      action: "send",
      channel: events,
      message: orderRejected,
    },
  },
};
