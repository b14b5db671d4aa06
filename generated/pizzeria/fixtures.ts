// Pizzeria 1.0.0. Generated from specs/examples/pizzeria.yaml by sagaspec; do not edit.
import type { OrderStatus, OvenFull, PizzaAccepted, PizzaOrder, ThrowAway } from "./messages.js";

/** Examples of `preparePizza`. */
export const preparePizza: { readonly example: PizzaOrder } = {
  example: { orderId: 1, pizza: "Margherita", address: "Baker Street 5" },
};

/** Examples of `pizzaAccepted`. */
export const pizzaAccepted: { readonly example: PizzaAccepted } = { example: { minutes: 15 } };

/** Examples of `ovenFull`. */
export const ovenFull: { readonly example: OvenFull } = { example: { reason: "it is Friday" } };

/** Examples of `throwAway`. */
export const throwAway: { readonly example: ThrowAway } = { example: { orderId: 1 } };

/** Examples of `orderStatus`. */
export const orderStatus: { readonly example: OrderStatus } = { example: { orderId: 1, status: "READY" } };
