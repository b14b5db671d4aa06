// RAML 1.0.0. Generated from schema-raml.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const BookSchema: Schema<messages.Book> = {
  type: "object",
  required: ["title"],
  properties: { title: { type: "string" }, pages: { type: "integer" } },
  additionalProperties: true,
};
