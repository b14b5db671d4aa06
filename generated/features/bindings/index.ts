// Bindings 1.0.0. Generated from bindings.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { bindings } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
