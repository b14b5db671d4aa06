// Pizzeria 1.0.0. Generated from specs/examples/pizzeria.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Send } from "@sagaspec/runtime/codegen";
import type { OrderStatus, OvenFull, PizzaAccepted, PizzaOrder, ThrowAway } from "./messages.js";
import {
  OrderStatusSchema,
  OvenFullSchema,
  PizzaAcceptedSchema,
  PizzaOrderSchema,
  ThrowAwaySchema,
} from "./schemas.js";

/**
 * Pizzeria: what others ask of it.
 * Bakes pizzas, and tells when they are ready.
 */
export interface Pizzeria extends Contract<PizzeriaClient, PizzeriaHandlers> {
  /**
   * Takes an order; progress tells when it is ready.
   * @see `#/operations/preparePizza`
   */
  readonly preparePizza: Request<PizzaOrder, PizzaAccepted, { ovenFull: OvenFull }>;

  /**
   * Gives an order up, wherever it is.
   * @see `#/operations/throwAway`
   */
  readonly throwAway: Request<ThrowAway, void>;
}

/** `createClient(pizzeria, transport)` */
export interface PizzeriaClient extends Client<Pizzeria> {}

/** `serve(pizzeria, handlers, transport)` */
export interface PizzeriaHandlers extends Handlers<Pizzeria> {}

/** Pizzeria: what it tells others. */
export interface PizzeriaEvents extends Contract<PizzeriaEventsClient, PizzeriaEventsHandlers> {
  /**
   * Tells how an order comes along.
   * @see `#/operations/orderProgress`
   */
  readonly orderProgress: Send<OrderStatus>;
}

/** `createClient(pizzeriaEvents, transport)`: for the Pizzeria itself. */
export interface PizzeriaEventsClient extends Client<PizzeriaEvents> {}

/** `subscribe(pizzeriaEvents, handlers, transport)` */
export interface PizzeriaEventsHandlers extends Handlers<PizzeriaEvents> {}

const commands: Channel = { address: "pizzeria.commands" };
const progress: Channel = { address: "pizzeria.progress" };

const preparePizza: Message<PizzaOrder> = {
  name: "preparePizza",
  payload: PizzaOrderSchema,
  correlationId: "$message.header#/correlationId",
};
const pizzaAccepted: Message<PizzaAccepted> = {
  name: "pizzaAccepted",
  payload: PizzaAcceptedSchema,
  correlationId: "$message.header#/correlationId",
};
const ovenFull: Message<OvenFull> = {
  name: "ovenFull",
  payload: OvenFullSchema,
  correlationId: "$message.header#/correlationId",
};
const throwAway: Message<ThrowAway> = {
  name: "throwAway",
  payload: ThrowAwaySchema,
  correlationId: "$message.header#/correlationId",
};
const thrownAway: Message<void> = { name: "thrownAway", correlationId: "$message.header#/correlationId" };
const orderStatus: Message<OrderStatus> = { name: "orderStatus", payload: OrderStatusSchema };

const throwAwayOperation: Pizzeria["throwAway"] = {
  kind: "request",
  id: "pizzeria.throwAway",
  action: "receive",
  channel: commands,
  message: throwAway,
  reply: { address: "$message.header#/replyTo", success: [thrownAway] },
};

export const pizzeria: Pizzeria = {
  $contract: { service: "pizzeria", version: "1.0.0" },
  preparePizza: {
    kind: "request",
    id: "pizzeria.preparePizza",
    action: "receive",
    channel: commands,
    message: preparePizza,
    reply: { address: "$message.header#/replyTo", success: [pizzaAccepted], failure: { ovenFull } },
    timeoutMs: 5_000,
    compensatedBy: throwAwayOperation,
  },
  throwAway: throwAwayOperation,
};

export const pizzeriaEvents: PizzeriaEvents = {
  $contract: { service: "pizzeria", version: "1.0.0" },
  orderProgress: {
    kind: "send",
    id: "pizzeria.orderProgress",
    action: "send",
    channel: progress,
    message: orderStatus,
  },
};
