// Restaurant service 1.0.0. Generated from specs/restaurant.yaml by sagaspec; do not edit.

/**
 * What the kitchen needs to know of an order.
 * @see `#/components/schemas/CreateTicket`
 */
export interface CreateTicket {
  orderId: OrderId;
  /** Who eats it. */
  consumerId: number;
  /** At least one. */
  items: CreateTicketItem[];
}

/**
 * The kitchen has the ticket.
 * @see `#/components/messages/ticketCreated`
 */
export interface TicketCreated {
  ticketId: TicketId;
}

/**
 * The kitchen will not cook this order.
 * @see `#/components/messages/ticketRefused`
 */
export interface TicketRefused {
  reason: "closed" | "sold-out";
  /** What is sold out. */
  items?: string[];
}

/**
 * The kitchen may start to cook.
 * @see `#/components/messages/approveTicket`
 */
export interface ApproveTicket {
  ticketId: TicketId;
}

/**
 * The kitchen must not cook this order.
 * @see `#/components/messages/rejectTicket`
 */
export interface RejectTicket {
  orderId: OrderId;
}

/**
 * The food can be fetched.
 * @see `#/components/messages/ticketReady`
 */
export interface TicketReady {
  ticketId: TicketId;
}

/**
 * The food comes later than promised.
 * @see `#/components/messages/ticketDelayed`
 */
export interface TicketDelayed {
  ticketId: TicketId;
  /** How much later. At least 1. */
  minutes: number;
}

/**
 * Number of a ticket.
 * @see `#/components/schemas/TicketId`
 */
export type TicketId = number;

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;

/**
 * One dish of an order.
 * @see `#/components/schemas/CreateTicket/properties/items/items`
 */
export interface CreateTicketItem {
  name: string;
  /** At least 1. */
  quantity: number;
}
