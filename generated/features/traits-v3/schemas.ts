// Traits in 3.x 1.0.0. Generated from traits-v3.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderSchema: Schema<messages.Order> = {
  type: "object",
  properties: { id: { type: "string" } },
};

export const OrderHeadersSchema: Schema<messages.OrderHeaders> = {
  type: "object",
  required: ["tenant"],
  properties: { tenant: { type: "string" }, traceparent: { type: "string" } },
};

export const TraceHeadersSchema: Schema<messages.TraceHeaders> = {
  type: "object",
  properties: { traceparent: { type: "string" } },
};
