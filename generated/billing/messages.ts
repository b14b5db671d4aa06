// Billing 1.0.0. Generated from specs/examples/billing.yaml by sagaspec; do not edit.

/**
 * Something that was sold.
 * @see `#/components/schemas/Sale`
 */
export interface Sale {
  orderId: OrderId;
  /** Who bought it. Format: email. */
  customer: string;
  /** What it costs. More than 0. */
  amount: number;
}

/**
 * The invoice is being written.
 * @see `#/components/messages/accepted`
 */
export interface Accepted {
  jobId: JobId;
}

/**
 * No invoices are written now.
 * @see `#/components/messages/busy`
 */
export interface Busy {
  reason: string;
}

/**
 * Whose result is wanted.
 * @see `#/components/messages/readInvoice`
 */
export interface ReadInvoice {
  jobId: JobId;
}

/**
 * The job has gone well.
 * @see `#/components/messages/invoice`
 */
export interface Invoice {
  number: string;
  /** Where it can be read. Format: uri. */
  link: string;
}

/**
 * No invoice could be written.
 * @see `#/components/messages/mistake`
 */
export interface Mistake {
  reason: string;
}

/**
 * An order that needs no invoice any more.
 * @see `#/components/messages/dropInvoice`
 */
export interface DropInvoice {
  orderId: OrderId;
}

/**
 * Whatever came of it can be read now.
 * @see `#/components/messages/jobEnded`
 */
export interface JobEnded {
  jobId: JobId;
}

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;

/**
 * Names the writing of one invoice. At least one character.
 * @see `#/components/schemas/JobId`
 */
export type JobId = string;
