// Schemas in parts 1.0.0. Generated from schema-composition.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Pet } from "./messages.js";
import { PetSchema } from "./schemas.js";

/**
 * Schemas in parts: what others ask of it.
 * allOf, oneOf, anyOf, discriminator, not, conditions, recursion.
 */
export interface SchemaComposition extends Contract<SchemaCompositionClient, SchemaCompositionHandlers> {
  /** @see `#/operations/onPet` */
  readonly onPet: Send<Pet>;
}

/** `createClient(schemaComposition, transport)` */
export interface SchemaCompositionClient extends Client<SchemaComposition> {}

/** `serve(schemaComposition, handlers, transport)` */
export interface SchemaCompositionHandlers extends Handlers<SchemaComposition> {}

const pets: Channel = { address: "pets" };

const pet: Message<Pet> = { name: "pet", payload: PetSchema };

export const schemaComposition: SchemaComposition = {
  $contract: { service: "schema-composition", version: "1.0.0" },
  onPet: { kind: "send", id: "schema-composition.onPet", action: "receive", channel: pets, message: pet },
};
