// References 1.0.0. Generated from references.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import { AddressSchema, CustomerSchema } from "../shared/customer/schemas.js";
import { MoneySchema } from "../shared/payments/schemas.js";
import type * as messages from "./messages.js";

export const InvoiceLineSchema: Schema<messages.InvoiceLine> = {
  type: "object",
  properties: { text: { type: "string" }, price: MoneySchema },
};

export const InvoiceSchema: Schema<messages.Invoice> = {
  type: "object",
  required: ["total", "customer"],
  properties: {
    total: MoneySchema,
    customer: CustomerSchema,
    billing: AddressSchema,
    firstLine: InvoiceLineSchema,
    lines: { type: "array", items: InvoiceLineSchema },
  },
};
