// Billing 1.0.0. Generated from specs/examples/billing.yaml by sagaspec; do not edit.
import type { Accepted, Busy, DropInvoice, Invoice, JobEnded, Mistake, ReadInvoice, Sale } from "./messages.js";

/** Examples of `prepareInvoice`. */
export const prepareInvoice: { readonly example: Sale } = {
  example: { orderId: 7, customer: "ada@example.com", amount: 120 },
};

/** Examples of `accepted`. */
export const accepted: { readonly example: Accepted } = { example: { jobId: "job-1" } };

/** Examples of `busy`. */
export const busy: { readonly example: Busy } = { example: { reason: "the year is being closed" } };

/** Examples of `readInvoice`. */
export const readInvoice: { readonly example: ReadInvoice } = { example: { jobId: "job-1" } };

/** Examples of `invoice`. */
export const invoice: { readonly example: Invoice } = {
  example: { number: "2027-0042", link: "https://invoices.example.com/2027-0042" },
};

/** Examples of `mistake`. */
export const mistake: { readonly example: Mistake } = { example: { reason: "the customer has no address" } };

/** Examples of `dropInvoice`. */
export const dropInvoice: { readonly example: DropInvoice } = { example: { orderId: 7 } };

/** Examples of `jobEnded`. */
export const jobEnded: { readonly example: JobEnded } = { example: { jobId: "job-1" } };
