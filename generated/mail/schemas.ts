// Mail 1.0.0. Generated from specs/examples/mail.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const SendMailSchema: Schema<messages.SendMail> = {
  type: "object",
  required: ["to", "text"],
  properties: { to: { type: "string", format: "email" }, text: { type: "string" } },
};
