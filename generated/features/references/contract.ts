// References 1.0.0. Generated from references.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Paid } from "../shared/payments/messages.js";
import { PaidSchema } from "../shared/payments/schemas.js";
import type { Invoice } from "./messages.js";
import { InvoiceSchema } from "./schemas.js";

/**
 * References: what others ask of it.
 * Types of other files are generated once and imported.
 */
export interface References extends Contract<ReferencesClient, ReferencesHandlers> {
  /** @see `#/operations/onInvoice` */
  readonly onInvoice: {
    readonly invoice: Send<Invoice>;
    readonly paid: Send<Paid>;
  };
}

/** `createClient(references, transport)` */
export interface ReferencesClient extends Client<References> {}

/** `serve(references, handlers, transport)` */
export interface ReferencesHandlers extends Handlers<References> {}

const invoices: Channel = { address: "invoices" };

const invoice: Message<Invoice> = { name: "invoice", payload: InvoiceSchema };
const paid: Message<Paid> = { name: "paid", payload: PaidSchema };

export const references: References = {
  $contract: { service: "references", version: "1.0.0" },
  onInvoice: {
    invoice: {
      kind: "send",
      id: "references.onInvoice.invoice",
      action: "receive",
      channel: invoices,
      message: invoice,
    },
    paid: { kind: "send", id: "references.onInvoice.paid", action: "receive", channel: invoices, message: paid },
  },
};
