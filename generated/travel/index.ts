// Travel 1.0.0. Generated from specs/examples/travel.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { travel } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
