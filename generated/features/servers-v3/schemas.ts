// Servers in 3.x 1.0.0. Generated from servers-v3.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderSchema: Schema<messages.Order> = { type: "string" };
