// Schemas in parts 1.0.0. Generated from schema-composition.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const CatSchema: Schema<messages.Cat> = {
  type: "object",
  properties: { kind: { const: "cat" }, lives: { type: "integer" } },
};

export const AnimalDefinition: Schema<messages.Animal> = {
  type: "object",
  properties: { parent: { $ref: "#/definitions/Animal" }, names: { type: "array", items: { type: "string" } } },
};

export const DogBarkSchema: Schema<messages.DogBark> = {
  type: "object",
  properties: { volume: { type: "number" } },
};

export const DogSchema: Schema<messages.Dog> = {
  allOf: [
    { $ref: "#/definitions/Animal" },
    { type: "object", required: ["bark"], properties: { kind: { const: "dog" }, bark: DogBarkSchema } },
  ],
  definitions: { Animal: AnimalDefinition },
};

export const PetSchema: Schema<messages.Pet> = {
  type: "object",
  required: ["kind"],
  properties: { kind: { type: "string" } },
  oneOf: [CatSchema, DogSchema],
  definitions: { Animal: AnimalDefinition },
};

export const PaymentCardSchema: Schema<messages.PaymentCard> = {
  type: "object",
  properties: { method: { const: "card" }, number: { type: "string" } },
};

export const PaymentBankTransferSchema: Schema<messages.PaymentBankTransfer> = {
  type: "object",
  properties: { iban: { type: "string" } },
};

export const PaymentSchema: Schema<messages.Payment> = {
  oneOf: [PaymentCardSchema, PaymentBankTransferSchema, { type: "null" }],
};

export const RangeSchema: Schema<messages.Range> = {
  type: "object",
  properties: { from: { type: "integer" }, to: { type: "integer" } },
  dependencies: { to: ["from"] },
  not: { required: ["from", "to"], properties: { to: { const: 0 } } },
  if: { properties: { from: { const: 0 } } },
  then: { required: ["to"] },
};

export const TreeDefinition: Schema<messages.Tree> = { type: "array", items: { $ref: "#/definitions/Tree" } };

export const AnimalSchema: Schema<messages.Animal> = {
  $ref: "#/definitions/Animal",
  definitions: { Animal: AnimalDefinition },
};

export const TreeSchema: Schema<messages.Tree> = { $ref: "#/definitions/Tree", definitions: { Tree: TreeDefinition } };
