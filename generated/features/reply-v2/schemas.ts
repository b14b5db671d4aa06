// Replies in 2.x 1.0.0. Generated from reply-v2.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const ReserveStockSchema: Schema<messages.ReserveStock> = {
  type: "object",
  properties: { sku: { type: "string" } },
};

export const StockReservedSchema: Schema<messages.StockReserved> = {
  type: "object",
  properties: { left: { type: "integer" } },
};

export const StockMissingSchema: Schema<messages.StockMissing> = {
  type: "object",
  properties: { sku: { type: "string" } },
};

export const PingSchema: Schema<messages.Ping> = { type: "string" };

export const PongSchema: Schema<messages.Pong> = { type: "string" };
