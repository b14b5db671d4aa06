/** An extension of AsyncAPI that Sagaspec reads. */
export interface ExtensionDescription {
  /** Where in a document it stands. */
  readonly on: string;
  /** A value of it. */
  readonly example: string;
  readonly meaning: string;
}

/** Every extension that is read, by its name without `x-`. */
export const extensions: { readonly [name: string]: ExtensionDescription } = {
  sagaspec: {
    on: "everywhere that one of the others stands",
    example: "{ timeout: 5s, compensated-by: rejectTicket }",
    meaning: "Holds the others without their `x-`, for documents in which another tool owns one of the words. It wins.",
  },
  failure: {
    on: "message, or a trait of it",
    example: "true",
    meaning: "This reply is a failure that the contract declares.",
  },
  timeout: {
    on: "operation, or its reply",
    example: "5s",
    meaning: "How long a caller waits for the reply; 30 s where nothing is said.",
  },
  "compensated-by": {
    on: "operation",
    example: "rejectTicket",
    meaning: "The operation that undoes this one: the default compensation of a saga step that calls it.",
  },
  "idempotency-key": {
    on: "operation",
    example: "$message.payload#/orderId",
    meaning: "Two messages with this key are the same command. Where nothing is said, the message's id is.",
  },
  reply: {
    on: "operation of a 2.x document",
    example: "{ channel: { $ref: '#/channels/replies' } }",
    meaning: "A Reply Object of 3.x, word for word: 2.x has none.",
  },
  response: {
    on: "message of a 2.x document",
    example: "{ $ref: '#/components/messages/ticketCreated' }",
    meaning: "The message that answers this one.",
  },
  name: { on: "message, operation or schema", example: "Ticket", meaning: "The name that generated code gives it." },
  secret: {
    on: "schema",
    example: "true",
    meaning: "The value is never printed, in errors, pages or logs; the same as `format: password`.",
  },
  owner: { on: "info", example: "Kitchen team", meaning: "Who answers for the service; shown on its page." },
};
