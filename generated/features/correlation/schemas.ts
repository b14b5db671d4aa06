// Correlation 1.0.0. Generated from correlation.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const AskQuoteSchema: Schema<messages.AskQuote> = {
  type: "object",
  required: ["sku"],
  properties: { sku: { type: "string" } },
};

export const AskQuoteHeadersSchema: Schema<messages.AskQuoteHeaders> = {
  type: "object",
  required: ["request", "replyTo"],
  properties: { request: { type: "string", format: "uuid" }, replyTo: { type: "string" } },
};

export const QuotedSchema: Schema<messages.Quoted> = {
  type: "object",
  required: ["price"],
  properties: { price: { type: "number" } },
};

export const QuotedHeadersSchema: Schema<messages.QuotedHeaders> = {
  type: "object",
  required: ["request"],
  properties: { request: { type: "string", format: "uuid" } },
};

export const WeighSchema: Schema<messages.Weigh> = {
  type: "object",
  required: ["sku", "number", "answerTo"],
  properties: {
    sku: { type: "string" },
    number: { type: "integer", minimum: 1, maximum: 999999 },
    answerTo: { type: "string" },
  },
};

export const WeighedSchema: Schema<messages.Weighed> = {
  type: "object",
  required: ["grams", "number"],
  properties: { grams: { type: "integer" }, number: { type: "integer" } },
};
