// Accounting service 1.0.0. Generated from specs/accounting.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request, Server } from "@sagaspec/runtime/codegen";
import type { AuthorizeCard, CardAuthorized, CardRefused, VoidAuthorization } from "./messages.js";
import { AuthorizeCardSchema, CardAuthorizedSchema, CardRefusedSchema, VoidAuthorizationSchema } from "./schemas.js";

/**
 * Accounting service: what others ask of it.
 * Authorizes money on saved cards.
 */
export interface Accounting extends Contract<AccountingClient, AccountingHandlers> {
  /**
   * Authorizes the amount of an order on a saved card.
   * @see `#/operations/authorizeCard`
   */
  readonly authorizeCard: Request<AuthorizeCard, CardAuthorized, { cardRefused: CardRefused }>;

  /**
   * Gives back what was authorized for an order, whether or not it was.
   * @see `#/operations/voidAuthorization`
   */
  readonly voidAuthorization: Request<VoidAuthorization, void>;
}

/** `createClient(accounting, transport)` */
export interface AccountingClient extends Client<Accounting> {}

/** `serve(accounting, handlers, transport)` */
export interface AccountingHandlers extends Handlers<Accounting> {}

const servers: { readonly [name: string]: Server } = { development: { host: "localhost:5672", protocol: "amqp" } };
const commands: Channel = {
  address: "accounting_service.commands",
  bindings: { amqp: { is: "queue", queue: { name: "accounting_service.commands", durable: true } } },
};

const authorizeCard: Message<AuthorizeCard> = {
  name: "authorizeCard",
  payload: AuthorizeCardSchema,
  correlationId: "$message.header#/correlationId",
};
const cardAuthorized: Message<CardAuthorized> = {
  name: "cardAuthorized",
  payload: CardAuthorizedSchema,
  correlationId: "$message.header#/correlationId",
};
const cardRefused: Message<CardRefused> = {
  name: "cardRefused",
  payload: CardRefusedSchema,
  correlationId: "$message.header#/correlationId",
};
const voidAuthorization: Message<VoidAuthorization> = {
  name: "voidAuthorization",
  payload: VoidAuthorizationSchema,
  correlationId: "$message.header#/correlationId",
};
const authorizationVoided: Message<void> = {
  name: "authorizationVoided",
  correlationId: "$message.header#/correlationId",
};

const voidAuthorizationOperation: Accounting["voidAuthorization"] = {
  kind: "request",
  id: "accounting.voidAuthorization",
  action: "receive",
  channel: commands,
  message: voidAuthorization,
  reply: { address: "$message.header#/replyTo", success: [authorizationVoided] },
  timeoutMs: 5_000,
};

export const accounting: Accounting = {
  $contract: { service: "accounting", version: "1.0.0", servers },
  authorizeCard: {
    kind: "request",
    id: "accounting.authorizeCard",
    action: "receive",
    channel: commands,
    message: authorizeCard,
    reply: { address: "$message.header#/replyTo", success: [cardAuthorized], failure: { cardRefused } },
    timeoutMs: 5_000,
    compensatedBy: voidAuthorizationOperation,
    idempotencyKey: "$message.payload#/orderId",
  },
  voidAuthorization: voidAuthorizationOperation,
};
