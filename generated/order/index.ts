// Order service 1.0.0. Generated from specs/order.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { order, orderEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
