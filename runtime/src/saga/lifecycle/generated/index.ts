// Saga lifecycle 1.0.0. Generated from specs/sagas.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { sagasEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
