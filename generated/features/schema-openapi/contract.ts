// OpenAPI schemas 1.0.0. Generated from schema-openapi.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Offer } from "./messages.js";
import { OfferSchema } from "./schemas.js";

/**
 * OpenAPI schemas: what others ask of it.
 * nullable, flags that make limits exclusive, example.
 */
export interface SchemaOpenapi extends Contract<SchemaOpenapiClient, SchemaOpenapiHandlers> {
  /** @see `#/operations/onOffer` */
  readonly onOffer: Send<Offer>;
}

/** `createClient(schemaOpenapi, transport)` */
export interface SchemaOpenapiClient extends Client<SchemaOpenapi> {}

/** `serve(schemaOpenapi, handlers, transport)` */
export interface SchemaOpenapiHandlers extends Handlers<SchemaOpenapi> {}

const offers: Channel = { address: "offers" };

const offer: Message<Offer> = { name: "offer", payload: OfferSchema };

export const schemaOpenapi: SchemaOpenapi = {
  $contract: { service: "schema-openapi", version: "1.0.0" },
  onOffer: { kind: "send", id: "schema-openapi.onOffer", action: "receive", channel: offers, message: offer },
};
