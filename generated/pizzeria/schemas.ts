// Pizzeria 1.0.0. Generated from specs/examples/pizzeria.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderIdSchema: Schema<messages.OrderId> = { type: "integer", minimum: 1 };

export const PizzaOrderSchema: Schema<messages.PizzaOrder> = {
  type: "object",
  required: ["orderId", "pizza", "address"],
  properties: { orderId: OrderIdSchema, pizza: { type: "string" }, address: { type: "string" } },
};

export const PizzaAcceptedSchema: Schema<messages.PizzaAccepted> = {
  type: "object",
  required: ["minutes"],
  properties: { minutes: { type: "integer" } },
};

export const OvenFullSchema: Schema<messages.OvenFull> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};

export const ThrowAwaySchema: Schema<messages.ThrowAway> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: OrderIdSchema },
};

export const OrderStatusSchema: Schema<messages.OrderStatus> = {
  type: "object",
  required: ["orderId", "status"],
  properties: { orderId: OrderIdSchema, status: { type: "string", enum: ["BAKING", "READY"] } },
};
