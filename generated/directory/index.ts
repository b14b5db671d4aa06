// Directory 1.0.0. Generated from specs/examples/directory.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { directory } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
