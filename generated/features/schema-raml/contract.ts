// RAML 1.0.0. Generated from schema-raml.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Book } from "./messages.js";
import { BookSchema } from "./schemas.js";

/**
 * RAML: what others ask of it.
 * Read through its schema parser.
 */
export interface SchemaRaml extends Contract<SchemaRamlClient, SchemaRamlHandlers> {
  /** @see `#/channels/books/publish` */
  readonly onBook: Send<Book>;
}

/** `createClient(schemaRaml, transport)` */
export interface SchemaRamlClient extends Client<SchemaRaml> {}

/** `serve(schemaRaml, handlers, transport)` */
export interface SchemaRamlHandlers extends Handlers<SchemaRaml> {}

const books: Channel = { address: "books" };

const book: Message<Book> = { name: "book", payload: BookSchema };

export const schemaRaml: SchemaRaml = {
  $contract: { service: "schema-raml", version: "1.0.0" },
  onBook: { kind: "send", id: "schema-raml.onBook", action: "receive", channel: books, message: book },
};
