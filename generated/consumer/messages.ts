// Consumer service 1.0.0. Generated from specs/consumer.yaml by sagaspec; do not edit.

/**
 * Asks whether a consumer may order.
 * @see `#/components/messages/verifyConsumerDetails`
 */
export interface VerifyConsumerDetails {
  consumerId: ConsumerId;
}

/**
 * There is no such consumer, or they may not order.
 * @see `#/components/messages/consumerInvalid`
 */
export interface ConsumerInvalid {
  consumerId: ConsumerId;
  /** For people to read. */
  reason: string;
}

/**
 * Number of a consumer. At least 1.
 * @see `#/components/schemas/ConsumerId`
 */
export type ConsumerId = number;
