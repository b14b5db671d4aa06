// Schemas in parts 1.0.0. Generated from schema-composition.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaComposition } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
