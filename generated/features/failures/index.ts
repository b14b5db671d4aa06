// Failures 1.0.0. Generated from failures.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { failures } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
