// Replies in 3.x 1.0.0. Generated from reply-v3.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const ReserveStockSchema: Schema<messages.ReserveStock> = {
  type: "object",
  required: ["sku"],
  properties: { sku: { type: "string" }, request: { type: "string", format: "uuid" } },
};

export const StockReservedSchema: Schema<messages.StockReserved> = {
  type: "object",
  properties: { left: { type: "integer" } },
};

export const StockOrderedSchema: Schema<messages.StockOrdered> = {
  type: "object",
  properties: { arrives: { type: "string", format: "date" } },
};

export const StockMissingSchema: Schema<messages.StockMissing> = {
  type: "object",
  properties: { sku: { type: "string" } },
};
