// References 1.0.0. Generated from references.yaml by sagaspec; do not edit.
import type { Address, Customer } from "../shared/customer/messages.js";
import type { Money } from "../shared/payments/messages.js";

/** @see `#/components/messages/invoice` */
export interface Invoice {
  total: Money;
  customer: Customer;
  billing?: Address;
  firstLine?: InvoiceLine;
  lines?: InvoiceLine[];
}

/** @see `#/components/messages/invoice/payload/properties/lines/items` */
export interface InvoiceLine {
  text?: string;
  price?: Money;
}
