// Order service 1.0.0. Generated from specs/order.yaml by sagaspec; do not edit.

/**
 * An order as a consumer places it.
 * @see `#/components/schemas/NewOrder`
 */
export interface NewOrder {
  orderId: OrderId;
  /** Who orders. */
  consumerId: number;
  /** The saved card to charge. */
  cardId: number;
  /** In whole units of one currency. At least 1. */
  price: number;
  /** At least one. */
  items: OrderItem[];
}

/**
 * The order is pending; an event will tell how it ended.
 * @see `#/components/messages/orderAccepted`
 */
export interface OrderAccepted {
  orderId: OrderId;
  /** The saga that sees the order through. */
  sagaId: string;
}

/**
 * The restaurant cooks and the money is held.
 * @see `#/components/messages/orderApproved`
 */
export interface OrderApproved {
  orderId: OrderId;
  ticketId: number;
  transactionId: number;
}

/**
 * Nothing will be cooked and nothing is held.
 * @see `#/components/messages/orderRejected`
 */
export interface OrderRejected {
  orderId: OrderId;
}

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;

/**
 * One dish of an order.
 * @see `#/components/schemas/OrderItem`
 */
export interface OrderItem {
  name: string;
  /** At least 1. */
  quantity: number;
}
