// Mail 1.0.0. Generated from specs/examples/mail.yaml by sagaspec; do not edit.
import type { SendMail } from "./messages.js";

/** Examples of `sendMail`. */
export const sendMail: { readonly example: SendMail } = {
  example: { to: "ada@example.com", text: "Your invoice is there." },
};
