// Narrow correlation 1.0.0. Generated from narrow-correlation.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, None, Request } from "@sagaspec/runtime/codegen";
import type { Open, OpenHeaders, SendHeaders, SendMessage, Track, Weigh, WeighHeaders } from "./messages.js";
import {
  OpenHeadersSchema,
  OpenSchema,
  SendHeadersSchema,
  SendMessageSchema,
  TrackSchema,
  WeighHeadersSchema,
  WeighSchema,
} from "./schemas.js";

/**
 * Narrow correlation: what others ask of it.
 * Places of correlation ids that accept only some, which nobody can fill.
 */
export interface NarrowCorrelation extends Contract<NarrowCorrelationClient, NarrowCorrelationHandlers> {
  /** @see `#/operations/track` */
  readonly track: Request<Track, void>;

  /** @see `#/operations/weigh` */
  readonly weigh: Request<Weigh, void, None, None, WeighHeaders>;

  /** @see `#/operations/open` */
  readonly open: Request<Open, void, None, None, OpenHeaders>;

  /** @see `#/operations/send` */
  readonly send: Request<SendMessage, void, None, None, SendHeaders>;
}

/** `createClient(narrowCorrelation, transport)` */
export interface NarrowCorrelationClient extends Client<NarrowCorrelation> {}

/** `serve(narrowCorrelation, handlers, transport)` */
export interface NarrowCorrelationHandlers extends Handlers<NarrowCorrelation> {}

const parcels: Channel = { address: "parcels" };

const track: Message<Track> = { name: "track", payload: TrackSchema, correlationId: "$message.payload#/ticket/code" };
const weigh: Message<Weigh, WeighHeaders> = {
  name: "weigh",
  payload: WeighSchema,
  headers: WeighHeadersSchema,
  correlationId: "$message.header#/id",
};
const open: Message<Open, OpenHeaders> = {
  name: "open",
  payload: OpenSchema,
  headers: OpenHeadersSchema,
  correlationId: "$message.header#/id",
};
const send: Message<SendMessage, SendHeaders> = {
  name: "send",
  payload: SendMessageSchema,
  headers: SendHeadersSchema,
  correlationId: "$message.header#/id",
};

export const narrowCorrelation: NarrowCorrelation = {
  $contract: { service: "narrow-correlation", version: "1.0.0" },
  track: {
    kind: "request",
    id: "narrow-correlation.track",
    action: "receive",
    channel: parcels,
    message: track,
    reply: { success: [] },
  },
  weigh: {
    kind: "request",
    id: "narrow-correlation.weigh",
    action: "receive",
    channel: parcels,
    message: weigh,
    reply: { success: [] },
  },
  open: {
    kind: "request",
    id: "narrow-correlation.open",
    action: "receive",
    channel: parcels,
    message: open,
    reply: { success: [] },
  },
  send: {
    kind: "request",
    id: "narrow-correlation.send",
    action: "receive",
    channel: parcels,
    message: send,
    reply: { success: [] },
  },
};
