// Avro 1.0.0. Generated from schema-avro.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { User } from "./messages.js";
import { UserSchema } from "./schemas.js";

/**
 * Avro: what others ask of it.
 * Read through its schema parser.
 */
export interface SchemaAvro extends Contract<SchemaAvroClient, SchemaAvroHandlers> {
  /** @see `#/operations/onUser` */
  readonly onUser: Send<User>;
}

/** `createClient(schemaAvro, transport)` */
export interface SchemaAvroClient extends Client<SchemaAvro> {}

/** `serve(schemaAvro, handlers, transport)` */
export interface SchemaAvroHandlers extends Handlers<SchemaAvro> {}

const users: Channel = { address: "users" };

const user: Message<User> = { name: "user", payload: UserSchema };

export const schemaAvro: SchemaAvro = {
  $contract: { service: "schema-avro", version: "1.0.0" },
  onUser: { kind: "send", id: "schema-avro.onUser", action: "receive", channel: users, message: user },
};
