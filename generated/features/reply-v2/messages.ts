// Replies in 2.x 1.0.0. Generated from reply-v2.yaml by sagaspec; do not edit.

/** @see `#/components/messages/reserveStock` */
export interface ReserveStock {
  sku?: string;
}

/** @see `#/components/messages/stockReserved` */
export interface StockReserved {
  left?: number;
}

/** @see `#/components/messages/stockMissing` */
export interface StockMissing {
  sku?: string;
}

/** @see `#/channels/ping/publish/message` */
export type Ping = string;

/** @see `#/components/messages/pong` */
export type Pong = string;
