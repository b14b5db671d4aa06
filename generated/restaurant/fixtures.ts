// Restaurant service 1.0.0. Generated from specs/restaurant.yaml by sagaspec; do not edit.
import type {
  ApproveTicket,
  CreateTicket,
  RejectTicket,
  TicketCreated,
  TicketDelayed,
  TicketReady,
  TicketRefused,
} from "./messages.js";

/** Examples of `createTicket`. */
export const createTicket: { readonly "two-dishes": CreateTicket } = {
  "two-dishes": {
    orderId: 1,
    consumerId: 70,
    items: [
      { name: "Dish 1", quantity: 2 },
      { name: "Dish 2", quantity: 1 },
    ],
  },
};

/** Examples of `ticketCreated`. */
export const ticketCreated: { readonly example: TicketCreated } = { example: { ticketId: 200 } };

/** Examples of `ticketRefused`. */
export const ticketRefused: { readonly "sold-out": TicketRefused } = {
  "sold-out": { reason: "sold-out", items: ["Dish 2"] },
};

/** Examples of `approveTicket`. */
export const approveTicket: { readonly example: ApproveTicket } = { example: { ticketId: 200 } };

/** Examples of `rejectTicket`. */
export const rejectTicket: { readonly example: RejectTicket } = { example: { orderId: 1 } };

/** Examples of `ticketReady`. */
export const ticketReady: { readonly example: TicketReady } = { example: { ticketId: 200 } };

/** Examples of `ticketDelayed`. */
export const ticketDelayed: { readonly example: TicketDelayed } = { example: { ticketId: 200, minutes: 15 } };
