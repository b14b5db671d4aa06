// Traits in 3.x 1.0.0. Generated from traits-v3.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { traitsV3 } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
