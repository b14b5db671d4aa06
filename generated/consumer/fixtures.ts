// Consumer service 1.0.0. Generated from specs/consumer.yaml by sagaspec; do not edit.
import type { ConsumerInvalid, VerifyConsumerDetails } from "./messages.js";

/** Examples of `verifyConsumerDetails`. */
export const verifyConsumerDetails: { readonly known: VerifyConsumerDetails } = { known: { consumerId: 70 } };

/** Examples of `consumerInvalid`. */
export const consumerInvalid: { readonly unknown: ConsumerInvalid } = {
  unknown: { consumerId: 10, reason: "Consumer has incorrect id = 10" },
};
