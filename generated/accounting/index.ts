// Accounting service 1.0.0. Generated from specs/accounting.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { accounting } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
