// Avro 1.0.0. Generated from schema-avro.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaAvro } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
