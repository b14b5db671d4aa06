// Shared types. Generated from parts/payments.yaml by sagaspec; do not edit.
export type * from "./messages.js";
export * from "./schemas.js";
