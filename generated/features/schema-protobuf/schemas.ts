// Protobuf 1.0.0. Generated from schema-protobuf.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const PointLabelSchema: Schema<messages.PointLabel> = {
  type: "object",
  required: ["text"],
  properties: { text: { type: "string" } },
};

export const PointSchema: Schema<messages.Point> = {
  type: "object",
  required: ["x", "label"],
  properties: {
    x: { type: "integer", format: "int32", minimum: -2147483648, maximum: 2147483647 },
    y: { type: "integer", format: "int32", minimum: -2147483648, maximum: 2147483647 },
    label: PointLabelSchema,
  },
};
