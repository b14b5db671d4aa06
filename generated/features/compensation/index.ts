// Compensation 1.0.0. Generated from compensation.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { compensation, compensationEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
