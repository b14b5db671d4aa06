// Replies in 2.x 1.0.0. Generated from reply-v2.yaml by sagaspec; do not edit.
export type * from "./contract.js";
export { replyV2 } from "./contract.js";
export type * from "./messages.js";
export * from "./schemas.js";
