// Schemas of values 1.0.0. Generated from schema-values.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const IdSchema: Schema<messages.Id> = { type: "string", format: "uuid" };

export const ColorSchema: Schema<messages.Color> = { type: "string", enum: ["red", "green", "blue"] };

export const ValuesCountrySchema: Schema<messages.ValuesCountry> = {
  type: "string",
  enum: ["", "at", "be", "ch", "de", "1st", "a b"],
};

export const ValuesPairItem2Schema: Schema<messages.ValuesPairItem2> = {
  type: "object",
  properties: { x: { type: "number" } },
};

export const ValuesPricesValueSchema: Schema<messages.ValuesPricesValue> = {
  type: "object",
  properties: { net: { type: "number" } },
};

export const ValuesFooBarSchema: Schema<messages.ValuesFooBar> = {
  type: "object",
  properties: { a: { type: "string" } },
};

export const ValuesFooBar2Schema: Schema<messages.ValuesFooBar2> = {
  type: "object",
  properties: { a: { type: "string" } },
};

export const ValuesSchema: Schema<messages.Values> = {
  type: "object",
  required: ["id", "version"],
  properties: {
    id: IdSchema,
    version: { const: 2 },
    color: ColorSchema,
    size: { type: "string", enum: ["s", "m", "l"] },
    country: ValuesCountrySchema,
    note: { type: ["string", "null"] },
    pair: { type: "array", items: [{ type: "string" }, ValuesPairItem2Schema], additionalItems: false },
    at: { type: "string", format: "date-time" },
    count: { type: "integer", format: "int64" },
    blob: { type: "string", format: "binary" },
    labels: { type: "object", additionalProperties: { type: "string" } },
    prices: {
      type: "object",
      patternProperties: { "^[a-z]{3}$": ValuesPricesValueSchema },
      additionalProperties: false,
    },
    never: false,
    old: { type: "string" },
    "foo-bar": ValuesFooBarSchema,
    foo_bar: ValuesFooBar2Schema,
  },
  additionalProperties: false,
};
