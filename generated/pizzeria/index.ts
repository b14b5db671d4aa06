// Pizzeria 1.0.0. Generated from specs/examples/pizzeria.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { pizzeria, pizzeriaEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
