/** Sees an order through: approved with a ticket and held money, or rejected with neither. */
import { saga } from "@sagaspec/runtime";
import { accounting } from "../../generated/accounting/index.js";
import { consumer } from "../../generated/consumer/index.js";
import { type NewOrder, NewOrderSchema, orderEvents } from "../../generated/order/index.js";
import { restaurant } from "../../generated/restaurant/index.js";
import type { Orders } from "./orders.js";
import { brokenQuantity } from "./scenarios.js";
import { createMemoryOrders } from "./stores/memory.js";
import { scaled } from "./waiting.js";

/**
 * `orders` stands in the same database as the sagas. The ticket is undone by `rejectTicket`, and the payment by
 * `voidAuthorization`, as their contracts say: both are keyed by the order, so that they work without a reply.
 */
export function createOrder(orders: Orders) {
  return saga("create-order", { version: 1, input: NewOrderSchema })
    .step("rejection", {
      compensate: { send: orderEvents.orderOutcome.orderRejected, with: ({ input }) => ({ orderId: input.orderId }) },
    })
    .step("order", {
      compensate: { run: ({ input }, { tx }) => orders.reject(tx, input.orderId), transaction: true },
    })
    .step("consumer", {
      call: consumer.verifyConsumerDetails,
      with: ({ input }) => ({ consumerId: input.consumerId }),
      timeout: scaled(5),
    })
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
      run: ({ input, ticket, payment }, { tx }) => orders.approve(tx, input.orderId, { ...ticket, ...payment }),
      transaction: true,
    })
    .step("announcement", {
      send: orderEvents.orderOutcome.orderApproved,
      with: ({ input, ticket, payment }) => ({ orderId: input.orderId, ...ticket, ...payment }),
    });
}

/** With orders in memory: what the docs site draws. */
export const createOrderHere = createOrder(createMemoryOrders());

function checked(items: NewOrder["items"]): NewOrder["items"] {
  if (items.some((item) => item.quantity === brokenQuantity)) throw new Error("Incorrect quantity");
  return items;
}
