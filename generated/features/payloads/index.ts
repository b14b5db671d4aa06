// Payloads 1.0.0. Generated from payloads.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { payloads } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
