// Names 1.0.0. Generated from names.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { names, namesEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
