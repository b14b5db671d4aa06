// RAML 1.0.0. Generated from schema-raml.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaRaml } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
