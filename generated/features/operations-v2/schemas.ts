// Operations in 2.x 1.0.0. Generated from operations-v2.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const ReceiveUserSignedupSchema: Schema<messages.ReceiveUserSignedup> = {
  type: "object",
  properties: { id: { type: "string" } },
};

export const SendUserSignedupSchema: Schema<messages.SendUserSignedup> = {
  type: "object",
  properties: { welcome: { type: "boolean" } },
};

export const LightMeasuredSchema: Schema<messages.LightMeasured> = {
  type: "object",
  properties: { lumens: { type: "integer" } },
};

export const LampBrokenSchema: Schema<messages.LampBroken> = {
  type: "object",
  properties: { lamp: { type: "string" } },
};
