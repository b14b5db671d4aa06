/** Has an invoice written, waits for it however long that takes, and mails what came of it. */
import { saga } from "@sagaspec/runtime";
import { billing, billingEvents, SaleSchema } from "../../generated/billing/index.js";
import { mail } from "../../generated/mail/index.js";

export const sendInvoice = saga("send-invoice", { version: 1, input: SaleSchema })
  .asyncCall("invoice", {
    call: billing.prepareInvoice,
    with: ({ input }) => input,
    wait: billingEvents.jobs,
    key: ({ reply }) => reply.jobId,
    match: ({ jobId }) => jobId,
    deadline: "15m",
    read: { call: billing.readInvoice, with: ({ reply }) => ({ jobId: reply.jobId }) },
  })
  .branch("outcome", {
    on: "invoice",
    cases: {
      invoice: (body) =>
        body.step("sentToCustomer", {
          call: mail.sendMail,
          with: ({ input, invoice }) => ({ to: input.customer, text: `Your invoice: ${invoice.payload.link}` }),
        }),
      mistake: (body) =>
        body.step("mailError", {
          call: mail.sendMail,
          with: ({ input, invoice }) => ({
            to: "accounting@example.com",
            text: `No invoice for order ${input.orderId}: ${invoice.payload.reason}`,
          }),
        }),
    },
  });
