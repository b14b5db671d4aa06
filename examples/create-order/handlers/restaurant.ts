import type { RestaurantHandlers } from "../../../generated/restaurant/index.js";

interface Ticket {
  readonly ticketId: number;
  status: "created" | "approved" | "rejected";
}

const tickets = new Map<number, Ticket>();

export const handlers: RestaurantHandlers = {
  createTicket({ orderId }) {
    const ticketId = 200 + Math.floor(Math.random() * 101);
    tickets.set(orderId, { ticketId, status: "created" });
    return { ticketId };
  },

  approveTicket({ ticketId }) {
    // A kitchen that is too busy to answer, three times in ten: whoever asks tries again.
    if (Math.random() < 0.3) throw new Error("the kitchen does not answer");
    for (const ticket of tickets.values()) {
      if (ticket.ticketId === ticketId) ticket.status = "approved";
    }
  },

  rejectTicket({ orderId }) {
    const ticket = tickets.get(orderId);
    if (ticket) ticket.status = "rejected";
  },
};
