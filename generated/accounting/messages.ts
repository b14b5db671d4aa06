// Accounting service 1.0.0. Generated from specs/accounting.yaml by sagaspec; do not edit.

/**
 * Hold the amount of an order on a saved card.
 * @see `#/components/messages/authorizeCard`
 */
export interface AuthorizeCard {
  orderId: OrderId;
  /** Number of a saved card. */
  cardId: number;
  /** In whole units of the order's currency. At least 1. */
  amount: number;
}

/**
 * The money is held.
 * @see `#/components/messages/cardAuthorized`
 */
export interface CardAuthorized {
  /** Number of the authorization. */
  transactionId: number;
}

/**
 * The card does not cover the amount.
 * @see `#/components/messages/cardRefused`
 */
export interface CardRefused {
  /** For people to read. */
  reason: string;
}

/**
 * Give back what is held for an order.
 * @see `#/components/messages/voidAuthorization`
 */
export interface VoidAuthorization {
  orderId: OrderId;
}

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;
