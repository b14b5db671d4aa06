// Servers in 2.x 1.0.0. Generated from servers-v2.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { serversV2 } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
