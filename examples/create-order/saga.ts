/** Sees an order through: approved with a ticket and held money, or rejected with neither. */
import { saga } from "@sagaspec/runtime";
import { accounting } from "../../generated/accounting/index.js";
import { consumer } from "../../generated/consumer/index.js";
import { type NewOrder, NewOrderSchema, orderEvents } from "../../generated/order/index.js";
import { restaurant } from "../../generated/restaurant/index.js";
import { approveOrder, rejectOrder } from "./orders.js";
import { brokenQuantity } from "./scenarios.js";
import { scaled } from "./waiting.js";

export const createOrder = saga("create-order", { version: 1, input: NewOrderSchema })
  .step("rejection", {
    compensate: { send: orderEvents.orderOutcome.orderRejected, with: ({ input }) => ({ orderId: input.orderId }) },
  })
  .step("order", {
    compensate: { run: ({ input }, { tx }) => rejectOrder(tx, input.orderId), transaction: true },
  })
  .step("consumer", {
    call: consumer.verifyConsumerDetails,
    with: ({ input }) => ({ consumerId: input.consumerId }),
    timeout: scaled(5),
  })
  // Undone by rejectTicket, as the restaurant's contract says: it is keyed by the order, so that it works without a reply.
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => ({ orderId: input.orderId, consumerId: input.consumerId, items: checked(input.items) }),
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, cardId: input.cardId, amount: input.price }),
    pivot: true,
  })
  .step("approval", {
    call: restaurant.approveTicket,
    with: ({ ticket }) => ({ ticketId: ticket.ticketId }),
    retry: { attempts: 3, backoff: scaled(5) },
  })
  .step("approved", {
    run: ({ input, ticket, payment }, { tx }) => approveOrder(tx, input.orderId, { ...ticket, ...payment }),
    transaction: true,
  })
  .step("announcement", {
    send: orderEvents.orderOutcome.orderApproved,
    with: ({ input, ticket, payment }) => ({ orderId: input.orderId, ...ticket, ...payment }),
  });

function checked(items: NewOrder["items"]): NewOrder["items"] {
  if (items.some((item) => item.quantity === brokenQuantity)) throw new Error("Incorrect quantity");
  return items;
}
