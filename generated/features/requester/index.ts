// Requester 1.0.0. Generated from requester.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { requesterEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
