// Ambiguous messages 1.0.0. Generated from ambiguous-messages.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const CreatedSchema: Schema<messages.Created> = {
  type: "object",
  properties: { kind: { const: "created" } },
};

export const DeletedSchema: Schema<messages.Deleted> = {
  type: "object",
  properties: { kind: { const: "deleted" } },
};

export const ChangedSchema: Schema<messages.Changed> = {
  type: "object",
  properties: { to: { type: "string" } },
};
