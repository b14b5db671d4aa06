// Compensation 1.0.0. Generated from compensation.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const BookSchema: Schema<messages.Book> = {
  type: "object",
  required: ["room"],
  properties: { room: { type: "string" } },
};

export const CancelSchema: Schema<messages.Cancel> = {
  type: "object",
  required: ["room"],
  properties: { room: { type: "string" } },
};

export const RefundSchema: Schema<messages.Refund> = {
  type: "object",
  required: ["booking"],
  properties: { booking: { type: "string" } },
};
