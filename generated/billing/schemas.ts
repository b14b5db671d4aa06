// Billing 1.0.0. Generated from specs/examples/billing.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderIdSchema: Schema<messages.OrderId> = { type: "integer", minimum: 1 };

export const SaleSchema: Schema<messages.Sale> = {
  type: "object",
  required: ["orderId", "customer", "amount"],
  properties: {
    orderId: OrderIdSchema,
    customer: { type: "string", format: "email" },
    amount: { type: "number", exclusiveMinimum: 0 },
  },
};

export const JobIdSchema: Schema<messages.JobId> = { type: "string", minLength: 1 };

export const AcceptedSchema: Schema<messages.Accepted> = {
  type: "object",
  required: ["jobId"],
  properties: { jobId: JobIdSchema },
};

export const BusySchema: Schema<messages.Busy> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};

export const ReadInvoiceSchema: Schema<messages.ReadInvoice> = {
  type: "object",
  required: ["jobId"],
  properties: { jobId: JobIdSchema },
};

export const InvoiceSchema: Schema<messages.Invoice> = {
  type: "object",
  required: ["number", "link"],
  properties: { number: { type: "string" }, link: { type: "string", format: "uri" } },
};

export const MistakeSchema: Schema<messages.Mistake> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};

export const DropInvoiceSchema: Schema<messages.DropInvoice> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: OrderIdSchema },
};

export const JobEndedSchema: Schema<messages.JobEnded> = {
  type: "object",
  required: ["jobId"],
  properties: { jobId: JobIdSchema },
};
