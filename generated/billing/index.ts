// Billing 1.0.0. Generated from specs/examples/billing.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { billing, billingEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
