// No operations 1.0.0. Generated from no-operations.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderSchema: Schema<messages.Order> = {
  type: "object",
  properties: { id: { type: "string" } },
};
