// Replies in 2.x 1.0.0. Generated from reply-v2.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { Ping, Pong, ReserveStock, StockMissing, StockReserved } from "./messages.js";
import { PingSchema, PongSchema, ReserveStockSchema, StockMissingSchema, StockReservedSchema } from "./schemas.js";

/**
 * Replies in 2.x: what others ask of it.
 * x-reply of an operation, x-response of a message.
 */
export interface ReplyV2 extends Contract<ReplyV2Client, ReplyV2Handlers> {
  /** @see `#/channels/stock/publish` */
  readonly reserveStock: Request<ReserveStock, StockReserved, { stockMissing: StockMissing }>;

  /** @see `#/channels/ping/publish` */
  readonly ping: Request<Ping, Pong>;
}

/** `createClient(replyV2, transport)` */
export interface ReplyV2Client extends Client<ReplyV2> {}

/** `serve(replyV2, handlers, transport)` */
export interface ReplyV2Handlers extends Handlers<ReplyV2> {}

const stock: Channel = { address: "stock" };
const pingChannel: Channel = { address: "ping" };

const reserveStock: Message<ReserveStock> = { name: "reserveStock", payload: ReserveStockSchema };
const stockReserved: Message<StockReserved> = { name: "stockReserved", payload: StockReservedSchema };
const stockMissing: Message<StockMissing> = { name: "stockMissing", payload: StockMissingSchema };
const ping: Message<Ping> = { name: "ping", payload: PingSchema };
const pong: Message<Pong> = { name: "pong", payload: PongSchema };

export const replyV2: ReplyV2 = {
  $contract: { service: "reply-v2", version: "1.0.0" },
  reserveStock: {
    kind: "request",
    id: "reply-v2.reserveStock",
    action: "receive",
    channel: stock,
    message: reserveStock,
    reply: { address: "$message.header#/replyTo", success: [stockReserved], failure: { stockMissing } },
    timeoutMs: 2_000,
  },
  ping: {
    kind: "request",
    id: "reply-v2.ping",
    action: "receive",
    channel: pingChannel,
    message: ping,
    reply: { success: [pong] },
  },
};
