// Consumer service 1.0.0. Generated from specs/consumer.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Server } from "@sagaspec/runtime/codegen";
import type { ConsumerInvalid, VerifyConsumerDetails } from "./messages.js";
import { ConsumerInvalidSchema, VerifyConsumerDetailsSchema } from "./schemas.js";

/**
 * Consumer service: what others ask of it.
 * Knows who may order.
 */
export interface Consumer extends Contract<ConsumerClient, ConsumerHandlers> {
  /**
   * Checks that a consumer exists and may order. Changes nothing.
   * @see `#/operations/verifyConsumerDetails`
   */
  readonly verifyConsumerDetails: Request<VerifyConsumerDetails, void, { consumerInvalid: ConsumerInvalid }>;
}

/** `createClient(consumer, transport)` */
export interface ConsumerClient extends Client<Consumer> {}

/** `serve(consumer, handlers, transport)` */
export interface ConsumerHandlers extends Handlers<Consumer> {}

const servers: { readonly [name: string]: Server } = { development: { host: "localhost:5672", protocol: "amqp" } };
const commands: Channel = {
  address: "consumer_service.commands",
  bindings: { amqp: { is: "queue", queue: { name: "consumer_service.commands", durable: true } } },
};

const verifyConsumerDetails: Message<VerifyConsumerDetails> = {
  name: "verifyConsumerDetails",
  payload: VerifyConsumerDetailsSchema,
  correlationId: "$message.header#/correlationId",
};
const consumerVerified: Message<void> = { name: "consumerVerified", correlationId: "$message.header#/correlationId" };
const consumerInvalid: Message<ConsumerInvalid> = {
  name: "consumerInvalid",
  payload: ConsumerInvalidSchema,
  correlationId: "$message.header#/correlationId",
};

export const consumer: Consumer = {
  $contract: { service: "consumer", version: "1.0.0", servers },
  verifyConsumerDetails: {
    kind: "request",
    id: "consumer.verifyConsumerDetails",
    action: "receive",
    channel: commands,
    message: verifyConsumerDetails,
    reply: { address: "$message.header#/replyTo", success: [consumerVerified], failure: { consumerInvalid } },
    timeoutMs: 5_000,
  },
};
