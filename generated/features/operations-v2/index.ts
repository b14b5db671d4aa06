// Operations in 2.x 1.0.0. Generated from operations-v2.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { operationsV2, operationsV2Events } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
