// Restaurant service 1.0.0. Generated from specs/restaurant.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Send, Server } from "@sagaspec/runtime/codegen";
import type {
  ApproveTicket,
  CreateTicket,
  RejectTicket,
  TicketCreated,
  TicketDelayed,
  TicketReady,
  TicketRefused,
} from "./messages.js";
import {
  ApproveTicketSchema,
  CreateTicketSchema,
  RejectTicketSchema,
  TicketCreatedSchema,
  TicketDelayedSchema,
  TicketReadySchema,
  TicketRefusedSchema,
} from "./schemas.js";

/**
 * Restaurant service: what others ask of it.
 * Keeps one ticket for each order and tells whether the kitchen will cook it.
 */
export interface Restaurant extends Contract<RestaurantClient, RestaurantHandlers> {
  /**
   * Creates a ticket, so that the kitchen knows what to cook.
   * @see `#/operations/createTicket`
   */
  readonly createTicket: Request<CreateTicket, TicketCreated, { ticketRefused: TicketRefused }>;

  /**
   * Approves a ticket that was created.
   * @see `#/operations/approveTicket`
   */
  readonly approveTicket: Request<ApproveTicket, void>;

  /**
   * Rejects the ticket of an order, whether or not it was created.
   * @see `#/operations/rejectTicket`
   */
  readonly rejectTicket: Request<RejectTicket, void>;
}

/** `createClient(restaurant, transport)` */
export interface RestaurantClient extends Client<Restaurant> {}

/** `serve(restaurant, handlers, transport)` */
export interface RestaurantHandlers extends Handlers<Restaurant> {}

/** Restaurant service: what it tells others. */
export interface RestaurantEvents extends Contract<RestaurantEventsClient, RestaurantEventsHandlers> {
  /**
   * Tells how the cooking goes.
   * @see `#/operations/ticketProgress`
   */
  readonly ticketProgress: {
    /** The food can be fetched. */
    readonly ticketReady: Send<TicketReady, TicketsParameters>;
    /** The food comes later than promised. */
    readonly ticketDelayed: Send<TicketDelayed, TicketsParameters>;
  };
}

/** `createClient(restaurantEvents, transport)`: for the Restaurant service itself. */
export interface RestaurantEventsClient extends Client<RestaurantEvents> {}

/** `subscribe(restaurantEvents, handlers, transport)` */
export interface RestaurantEventsHandlers extends Handlers<RestaurantEvents> {}

/**
 * Parameters of `restaurant_service.tickets.{restaurantId}`.
 * @see `#/channels/tickets`
 */
export interface TicketsParameters {
  /** The restaurant that cooks. */
  restaurantId: string;
}

const servers: { readonly [name: string]: Server } = { development: { host: "localhost:5672", protocol: "amqp" } };
const commands: Channel = {
  address: "restaurant_service.commands",
  bindings: { amqp: { is: "queue", queue: { name: "restaurant_service.commands", durable: true } } },
};
const tickets: Channel = { address: "restaurant_service.tickets.{restaurantId}", parameters: { restaurantId: {} } };

const createTicket: Message<CreateTicket> = {
  name: "createTicket",
  payload: CreateTicketSchema,
  correlationId: "$message.header#/correlationId",
};
const ticketCreated: Message<TicketCreated> = {
  name: "ticketCreated",
  payload: TicketCreatedSchema,
  correlationId: "$message.header#/correlationId",
};
const ticketRefused: Message<TicketRefused> = {
  name: "ticketRefused",
  payload: TicketRefusedSchema,
  correlationId: "$message.header#/correlationId",
};
const approveTicket: Message<ApproveTicket> = {
  name: "approveTicket",
  payload: ApproveTicketSchema,
  correlationId: "$message.header#/correlationId",
};
const ticketApproved: Message<void> = { name: "ticketApproved", correlationId: "$message.header#/correlationId" };
const rejectTicket: Message<RejectTicket> = {
  name: "rejectTicket",
  payload: RejectTicketSchema,
  correlationId: "$message.header#/correlationId",
};
const ticketRejected: Message<void> = { name: "ticketRejected", correlationId: "$message.header#/correlationId" };
const ticketReady: Message<TicketReady> = { name: "ticketReady", payload: TicketReadySchema };
const ticketDelayed: Message<TicketDelayed> = { name: "ticketDelayed", payload: TicketDelayedSchema };

const rejectTicketOperation: Restaurant["rejectTicket"] = {
  kind: "request",
  id: "restaurant.rejectTicket",
  action: "receive",
  channel: commands,
  message: rejectTicket,
  reply: { address: "$message.header#/replyTo", success: [ticketRejected] },
  timeoutMs: 5_000,
};

export const restaurant: Restaurant = {
  $contract: { service: "restaurant", version: "1.0.0", servers },
  createTicket: {
    kind: "request",
    id: "restaurant.createTicket",
    action: "receive",
    channel: commands,
    message: createTicket,
    reply: { address: "$message.header#/replyTo", success: [ticketCreated], failure: { ticketRefused } },
    timeoutMs: 5_000,
    compensatedBy: rejectTicketOperation,
    idempotencyKey: "$message.payload#/orderId",
  },
  approveTicket: {
    kind: "request",
    id: "restaurant.approveTicket",
    action: "receive",
    channel: commands,
    message: approveTicket,
    reply: { address: "$message.header#/replyTo", success: [ticketApproved] },
    timeoutMs: 5_000,
    idempotencyKey: "$message.payload#/ticketId",
  },
  rejectTicket: rejectTicketOperation,
};

export const restaurantEvents: RestaurantEvents = {
  $contract: { service: "restaurant", version: "1.0.0", servers },
  ticketProgress: {
    ticketReady: {
      kind: "send",
      id: "restaurant.ticketProgress.ticketReady",
      action: "send",
      channel: tickets,
      message: ticketReady,
    },
    ticketDelayed: {
      kind: "send",
      id: "restaurant.ticketProgress.ticketDelayed",
      action: "send",
      channel: tickets,
      message: ticketDelayed,
    },
  },
};
