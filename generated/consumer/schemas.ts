// Consumer service 1.0.0. Generated from specs/consumer.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const ConsumerIdSchema: Schema<messages.ConsumerId> = { type: "integer", minimum: 1 };

export const VerifyConsumerDetailsSchema: Schema<messages.VerifyConsumerDetails> = {
  type: "object",
  required: ["consumerId"],
  properties: { consumerId: ConsumerIdSchema },
};

export const ConsumerInvalidSchema: Schema<messages.ConsumerInvalid> = {
  type: "object",
  required: ["consumerId", "reason"],
  properties: { consumerId: ConsumerIdSchema, reason: { type: "string" } },
};
