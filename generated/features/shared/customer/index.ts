// Shared types. Generated from parts/customer.json by sagaspec; do not edit.
export type * from "./messages.js";
export * from "./schemas.js";
