// Replies in 3.x 1.0.0. Generated from reply-v3.yaml by sagaspec; do not edit.

/** @see `#/components/messages/reserveStock` */
export interface ReserveStock {
  sku: string;
  /** Format: uuid. */
  request?: string;
}

/** @see `#/components/messages/stockReserved` */
export interface StockReserved {
  left?: number;
}

/** @see `#/components/messages/stockOrdered` */
export interface StockOrdered {
  /** Format: date. */
  arrives?: string;
}

/** @see `#/components/messages/stockMissing` */
export interface StockMissing {
  sku?: string;
}
