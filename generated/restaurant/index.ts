// Restaurant service 1.0.0. Generated from specs/restaurant.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { restaurant, restaurantEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
