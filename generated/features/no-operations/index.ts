// No operations 1.0.0. Generated from no-operations.yaml by sagaspec; do not edit.
export type * from "./messages.js";
export * from "./schemas.js";
