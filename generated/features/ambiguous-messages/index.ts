// Ambiguous messages 1.0.0. Generated from ambiguous-messages.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { ambiguousMessages } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
