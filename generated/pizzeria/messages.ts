// Pizzeria 1.0.0. Generated from specs/examples/pizzeria.yaml by sagaspec; do not edit.

/**
 * Pizzas for an address.
 * @see `#/components/schemas/PizzaOrder`
 */
export interface PizzaOrder {
  orderId: OrderId;
  pizza: string;
  /** Where to bring it. */
  address: string;
}

/** @see `#/components/messages/pizzaAccepted` */
export interface PizzaAccepted {
  /** How long it will take. */
  minutes: number;
}

/** @see `#/components/messages/ovenFull` */
export interface OvenFull {
  reason: string;
}

/** @see `#/components/messages/throwAway` */
export interface ThrowAway {
  orderId: OrderId;
}

/** @see `#/components/messages/orderStatus` */
export interface OrderStatus {
  orderId: OrderId;
  status: "BAKING" | "READY";
}

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;
