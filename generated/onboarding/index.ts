// Onboarding 1.0.0. Generated from specs/examples/onboarding.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { onboarding } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
