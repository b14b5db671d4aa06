// Approvals 1.0.0. Generated from specs/examples/approvals.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { approvals, approvalsEvents } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
