// Avro 1.0.0. Generated from schema-avro.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const UserAddressSchema: Schema<messages.UserAddress> = {
  type: "object",
  required: ["street"],
  properties: { street: { type: "string" } },
};

export const UserSchema: Schema<messages.User> = {
  type: "object",
  required: ["name", "address"],
  properties: {
    name: { type: "string" },
    age: { oneOf: [{ type: "integer", minimum: -2147483648, maximum: 2147483647 }, { type: "null" }] },
    address: UserAddressSchema,
  },
};
