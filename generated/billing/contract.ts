// Billing 1.0.0. Generated from specs/examples/billing.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, OneOf, Request, Send } from "@sagaspec/runtime/codegen";
import type { Accepted, Busy, DropInvoice, Invoice, JobEnded, Mistake, ReadInvoice, Sale } from "./messages.js";
import {
  AcceptedSchema,
  BusySchema,
  DropInvoiceSchema,
  InvoiceSchema,
  JobEndedSchema,
  MistakeSchema,
  ReadInvoiceSchema,
  SaleSchema,
} from "./schemas.js";

/**
 * Billing: what others ask of it.
 * Writes invoices, which takes a while, and tells when it is done.
 */
export interface Billing extends Contract<BillingClient, BillingHandlers> {
  /**
   * Begins to write an invoice; jobs tells when it is done.
   * @see `#/operations/prepareInvoice`
   */
  readonly prepareInvoice: Request<Sale, Accepted, { busy: Busy }>;

  /**
   * Gives what has come of a job.
   * @see `#/operations/readInvoice`
   */
  readonly readInvoice: Request<ReadInvoice, OneOf<{ invoice: Invoice; mistake: Mistake }>>;

  /**
   * Gives an order's invoice up, written or not.
   * @see `#/operations/dropInvoice`
   */
  readonly dropInvoice: Request<DropInvoice, void>;
}

/** `createClient(billing, transport)` */
export interface BillingClient extends Client<Billing> {}

/** `serve(billing, handlers, transport)` */
export interface BillingHandlers extends Handlers<Billing> {}

/** Billing: what it tells others. */
export interface BillingEvents extends Contract<BillingEventsClient, BillingEventsHandlers> {
  /**
   * Tells that a job has ended, well or not.
   * @see `#/operations/jobs`
   */
  readonly jobs: Send<JobEnded>;
}

/** `createClient(billingEvents, transport)`: for the Billing itself. */
export interface BillingEventsClient extends Client<BillingEvents> {}

/** `subscribe(billingEvents, handlers, transport)` */
export interface BillingEventsHandlers extends Handlers<BillingEvents> {}

const commands: Channel = { address: "billing.commands" };
const jobs: Channel = { address: "billing.jobs" };

const prepareInvoice: Message<Sale> = {
  name: "prepareInvoice",
  payload: SaleSchema,
  correlationId: "$message.header#/correlationId",
};
const accepted: Message<Accepted> = {
  name: "accepted",
  payload: AcceptedSchema,
  correlationId: "$message.header#/correlationId",
};
const busy: Message<Busy> = { name: "busy", payload: BusySchema, correlationId: "$message.header#/correlationId" };
const readInvoice: Message<ReadInvoice> = {
  name: "readInvoice",
  payload: ReadInvoiceSchema,
  correlationId: "$message.header#/correlationId",
};
const invoice: Message<Invoice> = {
  name: "invoice",
  payload: InvoiceSchema,
  correlationId: "$message.header#/correlationId",
};
const mistake: Message<Mistake> = {
  name: "mistake",
  payload: MistakeSchema,
  correlationId: "$message.header#/correlationId",
};
const dropInvoice: Message<DropInvoice> = {
  name: "dropInvoice",
  payload: DropInvoiceSchema,
  correlationId: "$message.header#/correlationId",
};
const dropped: Message<void> = { name: "dropped", correlationId: "$message.header#/correlationId" };
const jobEnded: Message<JobEnded> = { name: "jobEnded", payload: JobEndedSchema };

const dropInvoiceOperation: Billing["dropInvoice"] = {
  kind: "request",
  id: "billing.dropInvoice",
  action: "receive",
  channel: commands,
  message: dropInvoice,
  reply: { address: "$message.header#/replyTo", success: [dropped] },
};

export const billing: Billing = {
  $contract: { service: "billing", version: "1.0.0" },
  prepareInvoice: {
    kind: "request",
    id: "billing.prepareInvoice",
    action: "receive",
    channel: commands,
    message: prepareInvoice,
    reply: { address: "$message.header#/replyTo", success: [accepted], failure: { busy } },
    timeoutMs: 5_000,
    compensatedBy: dropInvoiceOperation,
  },
  readInvoice: {
    kind: "request",
    id: "billing.readInvoice",
    action: "receive",
    channel: commands,
    message: readInvoice,
    reply: { address: "$message.header#/replyTo", success: [invoice, mistake] },
    timeoutMs: 5_000,
  },
  dropInvoice: dropInvoiceOperation,
};

export const billingEvents: BillingEvents = {
  $contract: { service: "billing", version: "1.0.0" },
  jobs: { kind: "send", id: "billing.jobs", action: "send", channel: jobs, message: jobEnded },
};
