// Correlation 1.0.0. Generated from correlation.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { correlation } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
