// Requester 1.0.0. Generated from requester.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { AskLost, AskQuote } from "./messages.js";
import { AskLostSchema, AskQuoteSchema } from "./schemas.js";

/** Requester: what it tells others. */
export interface RequesterEvents extends Contract<RequesterEventsClient, RequesterEventsHandlers> {
  /** @see `#/operations/askQuote` */
  readonly askQuote: Request<AskQuote, void>;

  /** @see `#/operations/askLost` */
  readonly askLost: Request<AskLost, void>;
}

/** `createClient(requesterEvents, transport)`: for the Requester itself. */
export interface RequesterEventsClient extends Client<RequesterEvents> {}

/** `subscribe(requesterEvents, handlers, transport)` */
export interface RequesterEventsHandlers extends Handlers<RequesterEvents> {}

const quotes: Channel = { address: "quotes" };
const lost: Channel = { address: "lost" };

const askQuote: Message<AskQuote> = { name: "askQuote", payload: AskQuoteSchema };
const askLost: Message<AskLost> = { name: "askLost", payload: AskLostSchema };

export const requesterEvents: RequesterEvents = {
  $contract: { service: "requester", version: "1.0.0" },
  askQuote: {
    kind: "request",
    id: "requester.askQuote",
    action: "send",
    channel: quotes,
    message: askQuote,
    reply: { success: [] },
  },
  askLost: {
    kind: "request",
    id: "requester.askLost",
    action: "send",
    channel: lost,
    message: askLost,
    reply: { success: [] },
  },
};
