// Shared types. Generated from parts/customer.json by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const AddressSchema: Schema<messages.Address> = {
  type: "object",
  properties: { street: { type: "string" } },
};

export const CustomerSchema: Schema<messages.Customer> = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string" }, address: AddressSchema },
};
