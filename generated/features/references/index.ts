// References 1.0.0. Generated from references.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { references } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
