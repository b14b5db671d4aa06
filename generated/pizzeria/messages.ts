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

/**
 * The pizzas will be baked.
 * @see `#/components/messages/pizzaAccepted`
 */
export interface PizzaAccepted {
  /** How long it will take. */
  minutes: number;
}

/**
 * There is no room for these pizzas.
 * @see `#/components/messages/ovenFull`
 */
export interface OvenFull {
  reason: string;
}

/**
 * Nobody wants these pizzas any more.
 * @see `#/components/messages/throwAway`
 */
export interface ThrowAway {
  orderId: OrderId;
}

/**
 * How far an order is.
 * @see `#/components/messages/orderStatus`
 */
export interface OrderStatus {
  orderId: OrderId;
  status: "BAKING" | "READY";
}

/**
 * Number of an order. At least 1.
 * @see `#/components/schemas/OrderId`
 */
export type OrderId = number;
