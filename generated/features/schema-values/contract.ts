// Schemas of values 1.0.0. Generated from schema-values.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Values } from "./messages.js";
import { ValuesSchema } from "./schemas.js";

/**
 * Schemas of values: what others ask of it.
 * const, enum, null, tuples, formats, maps, siblings of references.
 */
export interface SchemaValues extends Contract<SchemaValuesClient, SchemaValuesHandlers> {
  /** @see `#/operations/onValues` */
  readonly onValues: Send<Values>;
}

/** `createClient(schemaValues, transport)` */
export interface SchemaValuesClient extends Client<SchemaValues> {}

/** `serve(schemaValues, handlers, transport)` */
export interface SchemaValuesHandlers extends Handlers<SchemaValues> {}

const valuesChannel: Channel = { address: "values" };

const values: Message<Values> = { name: "values", payload: ValuesSchema };

export const schemaValues: SchemaValues = {
  $contract: { service: "schema-values", version: "1.0.0" },
  onValues: { kind: "send", id: "schema-values.onValues", action: "receive", channel: valuesChannel, message: values },
};
