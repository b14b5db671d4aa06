// OpenAPI schemas 1.0.0. Generated from schema-openapi.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaOpenapi } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
