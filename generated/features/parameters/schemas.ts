// Parameters 1.0.0. Generated from parameters.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const CleanRoomSchema: Schema<messages.CleanRoom> = {
  type: "object",
  required: ["thoroughly"],
  properties: { thoroughly: { type: "boolean" } },
};

export const BookRoomSchema: Schema<messages.BookRoom> = {
  type: "object",
  required: ["guest"],
  properties: { guest: { type: "string" } },
};

export const WhisperSchema: Schema<messages.Whisper> = {
  type: "object",
  required: ["text"],
  properties: { text: { type: "string" } },
};
