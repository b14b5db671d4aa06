// Replies in 3.x 1.0.0. Generated from reply-v3.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, OneOf, Request } from "@sagaspec/runtime/codegen";
import type { ReserveStock, StockMissing, StockOrdered, StockReserved } from "./messages.js";
import { ReserveStockSchema, StockMissingSchema, StockOrderedSchema, StockReservedSchema } from "./schemas.js";

/**
 * Replies in 3.x: what others ask of it.
 * Several successes, failures by trait, timeouts of operation and reply.
 */
export interface ReplyV3 extends Contract<ReplyV3Client, ReplyV3Handlers> {
  /** @see `#/operations/reserveStock` */
  readonly reserveStock: Request<
    ReserveStock,
    OneOf<{ stockReserved: StockReserved; stockOrdered: StockOrdered }>,
    { stockMissing: StockMissing }
  >;

  /** @see `#/operations/releaseStock` */
  readonly releaseStock: Request<ReserveStock, void, { stockMissing: StockMissing }>;
}

/** `createClient(replyV3, transport)` */
export interface ReplyV3Client extends Client<ReplyV3> {}

/** `serve(replyV3, handlers, transport)` */
export interface ReplyV3Handlers extends Handlers<ReplyV3> {}

const stock: Channel = { address: "stock" };

const reserveStock: Message<ReserveStock> = {
  name: "reserveStock",
  payload: ReserveStockSchema,
  correlationId: "$message.payload#/request",
};
const stockReserved: Message<StockReserved> = { name: "stockReserved", payload: StockReservedSchema };
const stockOrdered: Message<StockOrdered> = { name: "stockOrdered", payload: StockOrderedSchema };
const stockMissing: Message<StockMissing> = { name: "stockMissing", payload: StockMissingSchema };

const releaseStockOperation: ReplyV3["releaseStock"] = {
  kind: "request",
  id: "reply-v3.releaseStock",
  action: "receive",
  channel: stock,
  message: reserveStock,
  reply: { success: [], failure: { stockMissing } },
};

export const replyV3: ReplyV3 = {
  $contract: { service: "reply-v3", version: "1.0.0" },
  reserveStock: {
    kind: "request",
    id: "reply-v3.reserveStock",
    action: "receive",
    channel: stock,
    message: reserveStock,
    reply: { address: "$message.header#/replyTo", success: [stockReserved, stockOrdered], failure: { stockMissing } },
    timeoutMs: 500,
    compensatedBy: releaseStockOperation,
    idempotencyKey: "$message.payload#/sku",
  },
  releaseStock: releaseStockOperation,
};
