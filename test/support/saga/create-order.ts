// The example's saga, on the tests' own contracts.
import { saga } from "@sagaspec/runtime";
import { accounting, consumer, OrderSchema, orderEvents, restaurant } from "./contracts.js";

export const order = { orderId: 1, consumerId: 70, price: 20 };

export const createOrder = saga("create-order", { version: 1, input: OrderSchema })
  .step("order", { compensate: { run: () => {} } })
  .step("consumer", { call: consumer.verify, with: ({ input }) => ({ consumerId: input.consumerId }) })
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => input,
    compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: input.price }),
    pivot: true,
  })
  .step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ({ ticketId: ticket.ticketId }) })
  .step("approved", { run: ({ payment }) => ({ transactionId: payment.transactionId }) })
  .step("announce", { send: orderEvents.orderApproved, with: ({ input }) => ({ orderId: input.orderId }) });
