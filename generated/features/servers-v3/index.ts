// Servers in 3.x 1.0.0. Generated from servers-v3.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { serversV3 } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
