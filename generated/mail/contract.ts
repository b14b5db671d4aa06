// Mail 1.0.0. Generated from specs/examples/mail.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { SendMail } from "./messages.js";
import { SendMailSchema } from "./schemas.js";

/**
 * Mail: what others ask of it.
 * Sends mails.
 */
export interface Mail extends Contract<MailClient, MailHandlers> {
  /**
   * Sends a mail.
   * @see `#/operations/sendMail`
   */
  readonly sendMail: Request<SendMail, void>;
}

/** `createClient(mail, transport)` */
export interface MailClient extends Client<Mail> {}

/** `serve(mail, handlers, transport)` */
export interface MailHandlers extends Handlers<Mail> {}

const commands: Channel = { address: "mail.commands" };

const sendMail: Message<SendMail> = {
  name: "sendMail",
  payload: SendMailSchema,
  correlationId: "$message.header#/correlationId",
};
const sent: Message<void> = { name: "sent", correlationId: "$message.header#/correlationId" };

export const mail: Mail = {
  $contract: { service: "mail", version: "1.0.0" },
  sendMail: {
    kind: "request",
    id: "mail.sendMail",
    action: "receive",
    channel: commands,
    message: sendMail,
    reply: { address: "$message.header#/replyTo", success: [sent] },
    timeoutMs: 5_000,
  },
};
