// Schemas of values 1.0.0. Generated from schema-values.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaValues } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
