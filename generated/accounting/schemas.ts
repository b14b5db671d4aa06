// Accounting service 1.0.0. Generated from specs/accounting.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderIdSchema: Schema<messages.OrderId> = { type: "integer", minimum: 1 };

export const AuthorizeCardSchema: Schema<messages.AuthorizeCard> = {
  type: "object",
  required: ["orderId", "cardId", "amount"],
  properties: { orderId: OrderIdSchema, cardId: { type: "integer" }, amount: { type: "integer", minimum: 1 } },
};

export const CardAuthorizedSchema: Schema<messages.CardAuthorized> = {
  type: "object",
  required: ["transactionId"],
  properties: { transactionId: { type: "integer" } },
};

export const CardRefusedSchema: Schema<messages.CardRefused> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};

export const VoidAuthorizationSchema: Schema<messages.VoidAuthorization> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: OrderIdSchema },
};
