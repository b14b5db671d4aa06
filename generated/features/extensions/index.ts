// Extensions 1.0.0. Generated from extensions.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { extensions } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
