// Replies in 3.x 1.0.0. Generated from reply-v3.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { replyV3 } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
