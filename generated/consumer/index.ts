// Consumer service 1.0.0. Generated from specs/consumer.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { consumer } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
