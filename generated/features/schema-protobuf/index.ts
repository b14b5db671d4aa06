// Protobuf 1.0.0. Generated from schema-protobuf.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { schemaProtobuf } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
