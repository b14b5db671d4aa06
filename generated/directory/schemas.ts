// Directory 1.0.0. Generated from specs/examples/directory.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const NameSchema: Schema<messages.Name> = { type: "string", minLength: 1 };

export const NamedSchema: Schema<messages.Named> = {
  type: "object",
  required: ["name"],
  properties: { name: NameSchema },
};

export const IdSchema: Schema<messages.Id> = { type: "integer", minimum: 1 };

export const CreatedSchema: Schema<messages.Created> = {
  type: "object",
  required: ["id"],
  properties: { id: IdSchema },
};

export const CreateUserSchema: Schema<messages.CreateUser> = {
  type: "object",
  required: ["name"],
  properties: { name: NameSchema, groupId: IdSchema },
};
