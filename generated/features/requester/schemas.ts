// Requester 1.0.0. Generated from requester.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const AskQuoteSchema: Schema<messages.AskQuote> = {
  type: "object",
  required: ["sku"],
  properties: { sku: { type: "string" }, amount: { type: "string" } },
};

export const AskLostSchema: Schema<messages.AskLost> = { type: "object" };
