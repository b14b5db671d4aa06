// Order service 1.0.0. Generated from specs/order.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderIdSchema: Schema<messages.OrderId> = { type: "integer", minimum: 1 };

export const OrderItemSchema: Schema<messages.OrderItem> = {
  type: "object",
  required: ["name", "quantity"],
  properties: { name: { type: "string" }, quantity: { type: "integer", minimum: 1 } },
};

export const NewOrderSchema: Schema<messages.NewOrder> = {
  type: "object",
  required: ["orderId", "consumerId", "cardId", "price", "items"],
  properties: {
    orderId: OrderIdSchema,
    consumerId: { type: "integer" },
    cardId: { type: "integer" },
    price: { type: "integer", minimum: 1 },
    items: { type: "array", minItems: 1, items: OrderItemSchema },
  },
};

export const OrderAcceptedSchema: Schema<messages.OrderAccepted> = {
  type: "object",
  required: ["orderId", "sagaId"],
  properties: { orderId: OrderIdSchema, sagaId: { type: "string" } },
};

export const OrderApprovedSchema: Schema<messages.OrderApproved> = {
  type: "object",
  required: ["orderId", "ticketId", "transactionId"],
  properties: { orderId: OrderIdSchema, ticketId: { type: "integer" }, transactionId: { type: "integer" } },
};

export const OrderRejectedSchema: Schema<messages.OrderRejected> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: OrderIdSchema },
};
