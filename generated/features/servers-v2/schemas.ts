// Servers in 2.x 1.0.0. Generated from servers-v2.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OnOrderSchema: Schema<messages.OnOrder> = { type: "string" };
