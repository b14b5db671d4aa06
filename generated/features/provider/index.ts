// Provider 1.0.0. Generated from provider.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { provider } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
