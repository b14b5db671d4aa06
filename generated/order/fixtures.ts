// Order service 1.0.0. Generated from specs/order.yaml by sagaspec; do not edit.
import type { NewOrder, OrderAccepted, OrderApproved, OrderRejected } from "./messages.js";

/** Examples of `createOrder`. */
export const createOrder: { readonly lunch: NewOrder } = {
  lunch: { orderId: 1, consumerId: 70, cardId: 4, price: 20, items: [{ name: "Dish 1", quantity: 2 }] },
};

/** Examples of `orderAccepted`. */
export const orderAccepted: { readonly example: OrderAccepted } = {
  example: { orderId: 1, sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01" },
};

/** Examples of `orderApproved`. */
export const orderApproved: { readonly example: OrderApproved } = {
  example: { orderId: 1, ticketId: 200, transactionId: 100 },
};

/** Examples of `orderRejected`. */
export const orderRejected: { readonly example: OrderRejected } = { example: { orderId: 2 } };
