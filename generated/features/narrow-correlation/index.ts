// Narrow correlation 1.0.0. Generated from narrow-correlation.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { narrowCorrelation } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
