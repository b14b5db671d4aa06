// Compensation 1.0.0. Generated from compensation.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { Book, Cancel, Refund } from "./messages.js";
import { BookSchema, CancelSchema, RefundSchema } from "./schemas.js";

/**
 * Compensation: what others ask of it.
 * Filled from the request alone, or reported.
 */
export interface Compensation extends Contract<CompensationClient, CompensationHandlers> {
  /** @see `#/operations/book` */
  readonly book: Request<Book, void>;

  /** @see `#/operations/bookNow` */
  readonly bookNow: Request<Book, void>;

  /** @see `#/operations/cancel` */
  readonly cancel: Request<Cancel, void>;

  /** @see `#/operations/refund` */
  readonly refund: Request<Refund, void>;
}

/** `createClient(compensation, transport)` */
export interface CompensationClient extends Client<Compensation> {}

/** `serve(compensation, handlers, transport)` */
export interface CompensationHandlers extends Handlers<Compensation> {}

const rooms: Channel = { address: "rooms" };

const book: Message<Book> = { name: "book", payload: BookSchema };
const cancel: Message<Cancel> = { name: "cancel", payload: CancelSchema };
const refund: Message<Refund> = { name: "refund", payload: RefundSchema };

const cancelOperation: Compensation["cancel"] = {
  kind: "request",
  id: "compensation.cancel",
  action: "receive",
  channel: rooms,
  message: cancel,
  reply: { success: [] },
};

const refundOperation: Compensation["refund"] = {
  kind: "request",
  id: "compensation.refund",
  action: "receive",
  channel: rooms,
  message: refund,
  reply: { success: [] },
};

export const compensation: Compensation = {
  $contract: { service: "compensation", version: "1.0.0" },
  book: {
    kind: "request",
    id: "compensation.book",
    action: "receive",
    channel: rooms,
    message: book,
    reply: { success: [] },
    compensatedBy: cancelOperation,
  },
  bookNow: {
    kind: "request",
    id: "compensation.bookNow",
    action: "receive",
    channel: rooms,
    message: book,
    reply: { success: [] },
    compensatedBy: refundOperation,
  },
  cancel: cancelOperation,
  refund: refundOperation,
};
