import type { RestaurantHandlers } from "../generated/restaurant/index.js";

const menu = ["pizza", "soup"];

export const handlers: RestaurantHandlers = {
  createTicket({ orderId, dish }, { fail }) {
    if (!menu.includes(dish)) throw fail("dishUnknown", { dish });
    console.log(`restaurant: ticket for order ${orderId}, ${dish}`);
    return { ticketId: 100 + orderId };
  },

  rejectTicket({ orderId }) {
    console.log(`restaurant: ticket of order ${orderId} taken back`);
  },
};
