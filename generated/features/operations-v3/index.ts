// Operations in 3.x 1.0.0. Generated from operations-v3.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { operationsV3, operationsV3Events } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
