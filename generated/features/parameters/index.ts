// Parameters 1.0.0. Generated from parameters.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { parameters } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
