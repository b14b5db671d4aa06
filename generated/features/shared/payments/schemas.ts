// Shared types. Generated from parts/payments.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const MoneySchema: Schema<messages.Money> = {
  type: "object",
  required: ["amount", "currency"],
  properties: { amount: { type: "integer" }, currency: { type: "string", pattern: "^[A-Z]{3}$" } },
};

export const PaidSchema: Schema<messages.Paid> = {
  type: "object",
  required: ["amount"],
  properties: { amount: MoneySchema },
};
