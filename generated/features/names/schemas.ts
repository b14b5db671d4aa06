// Names 1.0.0. Generated from names.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const RecordMessageSchema: Schema<messages.RecordMessage> = {
  type: "object",
  properties: { a: { type: "string" } },
};

export const OrderMessageItemSchema: Schema<messages.OrderMessageItem> = {
  type: "object",
  properties: { n: { type: "string" } },
};

export const OrderMessageSchema: Schema<messages.OrderMessage> = {
  type: "object",
  properties: { items: { type: "array", items: OrderMessageItemSchema } },
};

export const BestThingError2Schema: Schema<messages.BestThingError2> = {
  type: "object",
  properties: { code: { type: "integer" } },
};

export const BestThingSchema: Schema<messages.BestThing> = {
  type: "object",
  properties: { error: BestThingError2Schema },
};

export const OrderSchema: Schema<messages.Order> = {
  type: "object",
  properties: { id: { type: "string" } },
};

export const NamesErrorSchema: Schema<messages.NamesError> = {
  type: "object",
  properties: { code: { type: "integer" } },
};

export const BestThingErrorSchema: Schema<messages.BestThingError> = { type: "string" };

export const 日本語Schema: Schema<messages.日本語> = { type: "string" };
