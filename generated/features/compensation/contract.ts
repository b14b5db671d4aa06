// Compensation 1.0.0. Generated from compensation.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Send } from "@sagaspec/runtime/codegen";
import type { Book, Cancel, Refund } from "./messages.js";
import { BookSchema, CancelSchema, RefundSchema } from "./schemas.js";

/**
 * Compensation: what others ask of it.
 * Filled from the request alone, by one message in the same direction, and never in a circle; or reported.
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

  /** @see `#/operations/unbook` */
  readonly unbook: Request<Cancel, void>;

  /** @see `#/operations/rebook` */
  readonly rebook: Request<Book, void>;

  /** @see `#/operations/bookTwice` */
  readonly bookTwice: Request<Book, void>;

  /** @see `#/operations/bookQuietly` */
  readonly bookQuietly: Request<Book, void>;

  /** @see `#/operations/change` */
  readonly change: {
    readonly book: Request<Book, void>;
    readonly cancel: Request<Cancel, void>;
  };
}

/** `createClient(compensation, transport)` */
export interface CompensationClient extends Client<Compensation> {}

/** `serve(compensation, handlers, transport)` */
export interface CompensationHandlers extends Handlers<Compensation> {}

/** Compensation: what it tells others. */
export interface CompensationEvents extends Contract<CompensationEventsClient, CompensationEventsHandlers> {
  /** @see `#/operations/cancelled` */
  readonly cancelled: Send<Cancel>;
}

/** `createClient(compensationEvents, transport)`: for the Compensation itself. */
export interface CompensationEventsClient extends Client<CompensationEvents> {}

/** `subscribe(compensationEvents, handlers, transport)` */
export interface CompensationEventsHandlers extends Handlers<CompensationEvents> {}

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

const rebookOperation: Compensation["rebook"] = {
  kind: "request",
  id: "compensation.rebook",
  action: "receive",
  channel: rooms,
  message: book,
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
  unbook: {
    kind: "request",
    id: "compensation.unbook",
    action: "receive",
    channel: rooms,
    message: cancel,
    reply: { success: [] },
    compensatedBy: rebookOperation,
  },
  rebook: rebookOperation,
  bookTwice: {
    kind: "request",
    id: "compensation.bookTwice",
    action: "receive",
    channel: rooms,
    message: book,
    reply: { success: [] },
  },
  bookQuietly: {
    kind: "request",
    id: "compensation.bookQuietly",
    action: "receive",
    channel: rooms,
    message: book,
    reply: { success: [] },
  },
  change: {
    book: {
      kind: "request",
      id: "compensation.change.book",
      action: "receive",
      channel: rooms,
      message: book,
      reply: { success: [] },
    },
    cancel: {
      kind: "request",
      id: "compensation.change.cancel",
      action: "receive",
      channel: rooms,
      message: cancel,
      reply: { success: [] },
    },
  },
};

export const compensationEvents: CompensationEvents = {
  $contract: { service: "compensation", version: "1.0.0" },
  cancelled: { kind: "send", id: "compensation.cancelled", action: "send", channel: rooms, message: cancel },
};
