// Payloads 1.0.0. Generated from payloads.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const WordSchema: Schema<messages.Word> = { type: "string", minLength: 1 };

export const AnythingSchema: Schema<messages.Anything> = {};

export const ListItemSchema: Schema<messages.ListItem> = {
  type: "object",
  properties: { id: { type: "integer", format: "int64" } },
};

export const ListSchema: Schema<messages.List> = { type: "array", items: ListItemSchema };

export const TextSchema: Schema<messages.Text> = { type: "string" };

export const BytesSchema: Schema<messages.Bytes> = { type: "string", format: "binary" };
