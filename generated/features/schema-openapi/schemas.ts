// OpenAPI schemas 1.0.0. Generated from schema-openapi.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OfferSchema: Schema<messages.Offer> = {
  type: "object",
  required: ["price"],
  properties: {
    price: { type: "number", exclusiveMinimum: 0 },
    until: { type: ["string", "null"], format: "date" },
    state: { type: ["string", "null"], enum: ["open", "sold", null] },
  },
};
