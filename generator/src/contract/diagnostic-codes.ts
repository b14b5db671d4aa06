/** What the reference and `sagaspec explain` say of a diagnostic. */
export interface DiagnosticDescription {
  /** What is wrong, and what follows from it. */
  readonly meaning: string;
  /** A document in which it is found; of several, each stands under a line `# name.yaml`. Else when it happens. */
  readonly example: string;
  /** What to do. */
  readonly cure: string;
}

/** The code of a diagnostic of Sagaspec's own. */
export type DiagnosticCode =
  | "ambiguous-messages"
  | "ambiguous-operations"
  | "circular-reference"
  | "compensation-fields"
  | "correlation-value"
  | "duplicate-key"
  | "duplicate-service"
  | "empty-document"
  | "extension-shape"
  | "file-not-found"
  | "forbidden-reference"
  | "incomplete-operation"
  | "invalid-example"
  | "invalid-schema"
  | "invalid-yaml"
  | "misspelt-extension"
  | "no-operations"
  | "not-a-file"
  | "not-an-object"
  | "not-asyncapi"
  | "not-json"
  | "operation-without-messages"
  | "remote-failed"
  | "remote-reference"
  | "renamed-operation"
  | "renamed-type"
  | "reply-without-messages"
  | "rules-failed"
  | "rules-skipped"
  | "schemas-disagree"
  | "several-documents"
  | "timeout-without-reply"
  | "too-deep"
  | "too-large"
  | "too-many-aliases"
  | "unanswered-request"
  | "unescaped-reference"
  | "unknown-compensation"
  | "unreadable-file"
  | "unreadable-pattern"
  | "unreadable-schema"
  | "unresolved-reference"
  | "unsafe-pattern"
  | "unsupported-keyword"
  | "unsupported-version"
  | "unusable-compensation"
  | "broken-link"
  | "message-without-example"
  | "undescribed-message"
  | "unused-operation";

const shop = `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
`;

/** A document of one channel whose message has this payload. */
const withPayload = (payload: string, more = ""): string => `${shop}channels:
  orders: { address: orders, messages: { ordered: { payload: ${payload}${more} } } }
operations:
  order: { action: receive, channel: { $ref: "#/channels/orders" } }
`;

/** A document of one operation with a reply, which says this of itself. */
const withRequest = (operation: string, more = ""): string => `${shop}channels:
  orders: { address: orders, messages: { order: { payload: { type: object } } } }
operations:
  order: { action: receive, channel: { $ref: "#/channels/orders" }, ${operation} }
${more}`;

/** Every diagnostic of Sagaspec's own. What the official parser finds has the parser's codes: `asyncapi-...`. */
export const diagnosticCodes: { readonly [Code in DiagnosticCode]: DiagnosticDescription } = {
  "ambiguous-messages": {
    meaning:
      "Two messages of one operation cannot be told apart by constants or schemas. As information: only where a peer sends no message name. As a warning: never, since their names are the same too.",
    example: `${shop}channels:
  orders:
    address: orders
    messages: { paid: { payload: { type: object } }, shipped: { payload: { type: object } } }
operations:
  changed: { action: receive, channel: { $ref: "#/channels/orders" } }
`,
    cure: "Give both a property with a different `const`, or different required fields and `additionalProperties: false`.",
  },
  "ambiguous-operations": {
    meaning:
      "Two operations take the same message at one address. Who receives it cannot know which is meant, so that every call times out.",
    example: `${shop}channels:
  orders: { address: orders, messages: { order: { payload: { type: object } } } }
operations:
  order: { action: receive, channel: { $ref: "#/channels/orders" } }
  reserve: { action: receive, channel: { $ref: "#/channels/orders" } }
`,
    cure: "Give one of them a channel with another address, or a message of its own.",
  },
  "circular-reference": {
    meaning: "A part that `bundle` has to write in place contains itself, so that it would have no end.",
    example: "A channel in another file that refers to itself is bundled.",
    cure: "Make it a component.",
  },
  "compensation-fields": {
    meaning:
      "`x-compensated-by` names an operation whose payload needs fields that the request does not have. A compensation is filled from the request alone.",
    example: withRequest(
      "reply: {}, x-compensated-by: cancel",
      `  cancel:
    action: receive
    channel: { $ref: "#/channels/cancellations" }
`,
    ).replace(
      "operations:",
      `  cancellations:
    address: cancellations
    messages: { cancel: { payload: { type: object, required: [reason], properties: { reason: { type: string } } } } }
operations:`,
    ),
    cure: "State `compensate` in the saga's step, or let the compensation need only fields of the request.",
  },
  "correlation-value": {
    meaning:
      "The place of a correlation id accepts only some texts. Ids are made by whoever sends the request: any text, a UUID or an integer.",
    example: `${shop}channels:
  orders:
    address: orders
    messages:
      order:
        correlationId: { location: "$message.payload#/id" }
        payload: { type: object, properties: { id: { type: string, maxLength: 8 } } }
operations:
  order: { action: receive, channel: { $ref: "#/channels/orders" }, reply: {} }
`,
    cure: "Let it be any text, a text with `format: uuid`, or an integer.",
  },
  "duplicate-key": {
    meaning: "An object of the document has a key twice. Which of the two counts would depend on the reader.",
    example: `${shop}channels: {}
channels: {}
`,
    cure: "Keep one of the two.",
  },
  "duplicate-service": {
    meaning: "Two documents describe a service of the same name: they would write to the same folder.",
    example: `# shop/asyncapi.yaml
${shop}# other/shop.yaml
${shop}`,
    cure: "Name the documents in the configuration: `documents: { shop: ..., otherShop: ... }`.",
  },
  "empty-document": {
    meaning: "The file has nothing in it, or only comments.",
    example: "# nothing yet\n",
    cure: "Start with `asyncapi: 3.0.0` and `info:`, or take the file out of `documents`.",
  },
  "extension-shape": {
    meaning: "The value of one of our extensions has another shape than the extension needs. It is ignored.",
    example: withRequest("reply: {}, x-timeout: soon"),
    cure: "Write what the hint asks for. Where another tool owns the word, put ours under `x-sagaspec`.",
  },
  "file-not-found": {
    meaning: "A document, or a file that one refers to, is not there.",
    example: `${shop}channels: { orders: { $ref: "./orders.yaml" } }
`,
    cure: "Check the path and its upper and lower case; it is relative to the file that refers to it.",
  },
  "forbidden-reference": {
    meaning: "A reference is an absolute path or has another scheme than http: it would lead out of the project.",
    example: `${shop}channels: { orders: { $ref: "file:///etc/hosts" } }
`,
    cure: "Refer to files by relative paths.",
  },
  "incomplete-operation": {
    meaning: "An operation has no action or no channel, so that nobody knows who sends what where.",
    example: `${shop}operations: { order: { action: receive } }
`,
    cure: "Give it `action: send` or `receive`, and a `channel` that refers to one of `channels`.",
  },
  "invalid-example": {
    meaning:
      "An example of a message is refused by the message's own schema. It is left out of the generated examples.",
    example: withPayload("{ type: string }", ", examples: [{ payload: 1 }]"),
    cure: "Change the example so that the schema accepts it, or the schema.",
  },
  "invalid-schema": {
    meaning: "A schema has a type that JSON Schema does not know.",
    example: withPayload("{ type: integr }"),
    cure: "Use one of the types that the hint lists.",
  },
  "invalid-yaml": {
    meaning: "The file is neither YAML nor JSON.",
    example: "asyncapi: [\n",
    cure: "Correct it at the place that is shown; what follows may be right.",
  },
  "misspelt-extension": {
    meaning: "A key that begins with `x-` is nearly one of our extensions, and means nothing as it stands.",
    example: withRequest("reply: {}, x-timout: 5s"),
    cure: "Write the extension that the hint names, if it is meant.",
  },
  "no-operations": {
    meaning: "The document has no operations: types and schemas are made, but nothing to send or receive.",
    example: `${shop}operations: {}
`,
    cure: "Add operations to send and receive its messages.",
  },
  "not-a-file": {
    meaning: "A folder stands where a document was expected.",
    example: "`sagaspec validate specs` where `specs` is a folder.",
    cure: "Name a document in it, or several with a glob: `specs/*.yaml`.",
  },
  "not-an-object": {
    meaning: "The document is a list or a single value.",
    example: "- asyncapi: 3.0.0\n",
    cure: "Start with `asyncapi: 3.0.0` and `info:`.",
  },
  "not-asyncapi": {
    meaning: "The file has no `asyncapi` key: it is another kind of document.",
    example: `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
`,
    cure: "Take it out of `documents`, or add `asyncapi:` with the version.",
  },
  "not-json": {
    meaning: "YAML has numbers that JSON does not have: `.inf`, `.nan`. No message can carry them.",
    example: withPayload("{ type: number, default: .inf }"),
    cure: "Leave it out, or quote it where it is a text.",
  },
  "operation-without-messages": {
    meaning: "The list of an operation's messages is empty. The operation is left out: there is nothing to send.",
    example: withRequest("messages: []"),
    cure: "List messages of the channel; without `messages` the operation has all of them.",
  },
  "remote-failed": {
    meaning: "A file on another host could not be fetched, or took more than ten seconds.",
    example: '`$ref: "https://example.com/order.yaml"` with `allowRemote`, and the host answers 404.',
    cure: "Check the address, or keep a copy beside the document.",
  },
  "remote-reference": {
    meaning: "A reference leads to another host. Nothing is fetched unless you allow it. `bundle` leaves it as it is.",
    example: `${shop}channels: { orders: { $ref: "https://example.com/orders.yaml" } }
`,
    cure: "Say `--allow-remote`, or `allowRemote: true` in the configuration, or keep a copy beside the document.",
  },
  "renamed-operation": {
    meaning: "An operation has another name in the generated code than in the document, since the name is taken.",
    example: `${shop}channels:
  orders: { address: orders, messages: { order: { payload: { type: object } } } }
operations:
  constructor: { action: receive, channel: { $ref: "#/channels/orders" } }
`,
    cure: "Nothing; or choose the name yourself with another key, `operationId` or `x-name`.",
  },
  "renamed-type": {
    meaning: "A type has another name in the generated code than in the document, since the name is taken.",
    example: `${shop}components: { schemas: { Error: { type: object } } }
`,
    cure: "Nothing; or choose the name yourself with `x-name`.",
  },
  "reply-without-messages": {
    meaning: "The list of a reply's messages is empty: a caller can only wait until its timeout.",
    example: withRequest("reply: { messages: [] }"),
    cure: "List the messages of the reply; without `messages` it has all of its channel's.",
  },
  "rules-failed": {
    meaning: "The official parser failed over the document. What Sagaspec itself checks was checked.",
    example: "The official parser throws an error of its own.",
    cure: "Generate all the same: it is a warning. Tell the authors of the parser.",
  },
  "rules-skipped": {
    meaning:
      "With all references followed the document is too large for the official rules. Everything else was checked.",
    example: "Forty schemas, each of which refers to the next one twice.",
    cure: "Split the document to have the rules checked too.",
  },
  "schemas-disagree": {
    meaning: "A message is sent by one service and received by another, and no payload suits both schemas.",
    example: `# shop.yaml
asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders: { address: orders, messages: { ordered: { payload: { type: object, properties: { id: { type: string } } } } } }
operations:
  ordered: { action: send, channel: { $ref: "#/channels/orders" } }
# kitchen.yaml
asyncapi: 3.0.0
info: { title: Kitchen, version: 1.0.0 }
channels:
  orders: { address: orders, messages: { ordered: { payload: { type: object, properties: { id: { type: integer } } } } } }
operations:
  ordered: { action: receive, channel: { $ref: "#/channels/orders" } }
`,
    cure: "Compare both schemas; let both refer to one file.",
  },
  "several-documents": {
    meaning: "The file has several YAML documents, divided by `---`.",
    example: `${shop}---
asyncapi: 3.0.0
`,
    cure: "Put each document into a file of its own.",
  },
  "timeout-without-reply": {
    meaning: "`x-timeout` is ignored: the operation has no reply, so that nobody waits for one.",
    example: withRequest("x-timeout: 5s"),
    cure: "Give the operation a `reply`, or leave `x-timeout` out.",
  },
  "too-deep": {
    meaning: "The file is nested more deeply than can be read.",
    example: "A schema that is nested a thousand levels deep.",
    cure: "Name the inner parts, and refer to them.",
  },
  "too-large": {
    meaning: "A file, or all of a document's values together, are more than can be read.",
    example: "A file of 60 MB.",
    cure: "Split the document into several files.",
  },
  "too-many-aliases": {
    meaning: "The aliases of a YAML file expand beyond any sensible size.",
    example: "A list of ten aliases, each of which is a list of ten aliases, and so on.",
    cure: "Use `$ref` instead of aliases.",
  },
  "unanswered-request": {
    meaning: "A service sends a request, and no document of the project receives at its address.",
    example: `# shop.yaml
asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  payments: { address: payments, messages: { pay: { payload: { type: object } } } }
operations:
  pay: { action: send, channel: { $ref: "#/channels/payments" }, reply: {} }
# bank.yaml
asyncapi: 3.0.0
info: { title: Bank, version: 1.0.0 }
channels:
  payments: { address: pay, messages: { pay: { payload: { type: object } } } }
operations:
  pay: { action: receive, channel: { $ref: "#/channels/payments" }, reply: {} }
`,
    cure: "Add the document of the service that answers, or correct the address.",
  },
  "unescaped-reference": {
    meaning: "A reference is not spelt as it must be, but only one place can be meant. Taken with `--lenient` only.",
    example: "A channel `a/b` is referred to as `#/channels/a/b`, and `--lenient` is given.",
    cure: "Write `/` in a key as `~1`, and `~` as `~0`.",
  },
  "unknown-compensation": {
    meaning: "`x-compensated-by` names an operation that the document does not have.",
    example: withRequest("reply: {}, x-compensated-by: undo"),
    cure: "Name one of the operations that the hint lists.",
  },
  "unreadable-file": {
    meaning: "The file is there and cannot be read.",
    example: "A file without permission to read.",
    cure: "Check the path and permissions.",
  },
  "unreadable-pattern": {
    meaning: "A pattern is no regular expression of JavaScript. Nothing is checked by it.",
    example: withPayload("{ type: string, pattern: 'a++' }"),
    cure: "Write it as ECMA-262 has it; flags such as `(?i)` and possessive quantifiers are none.",
  },
  "unreadable-schema": {
    meaning: "A schema of another format (Avro, Protobuf, RAML) could not be converted. Its type is `unknown`.",
    example: withPayload("{ schemaFormat: 'application/raml+yaml;version=1.0', schema: 'type: nothing' }"),
    cure: "Correct the schema; the message says what its reader did not understand.",
  },
  "unsupported-keyword": {
    meaning: "A keyword of a later draft of JSON Schema that draft-07 cannot say. Nothing is checked by it.",
    example: withPayload("{ type: array, items: {}, contains: { type: string }, minContains: 2 }"),
    cure: "Say it with keywords of draft-07, or check it in the handler. What draft-07 can say is translated.",
  },
  "unresolved-reference": {
    meaning: "A reference leads to nothing.",
    example: `${shop}operations: { order: { action: receive, channel: { $ref: "#/channels/orders" } } }
`,
    cure: "Check the spelling; `/` in a key is written `~1`.",
  },
  "unsafe-pattern": {
    meaning: "To match a text by a pattern may take for ever, and a sender chooses the text.",
    example: withPayload("{ type: string, pattern: '^(a+)+$' }"),
    cure: "Write it without quantifiers inside quantifiers.",
  },
  "unsupported-version": {
    meaning: "The document is of a version of AsyncAPI that Sagaspec does not read: 2.0 to 2.6, 3.0 and 3.1 it does.",
    example: `asyncapi: 1.2.0
info: { title: Shop, version: 1.0.0 }
`,
    cure: "Convert the document: `npx @asyncapi/cli convert`.",
  },
  "unusable-compensation": {
    meaning:
      "`x-compensated-by` is ignored: the operation has no reply, or the one that should undo it goes the other way, has several messages, or is undone by it.",
    example: withRequest("x-compensated-by: order"),
    cure: "Name an operation with the same `action` and one message, and give the first a `reply`.",
  },

  // `sagaspec docs --check`
  "broken-link": {
    meaning: "A link of a page of the site leads to what is not in the site.",
    example: "A description with `[see](missing.html)`.",
    cure: "Correct the link.",
  },
  "message-without-example": {
    meaning: "A message has no example. The site shows one that is made from the schema.",
    example: "A message without `examples`; found by `sagaspec docs --check`.",
    cure: 'Add `examples`, or switch it off: `docs: { check: { "message-without-example": "off" } }`.',
  },
  "undescribed-message": {
    meaning: "A message has no description.",
    example: "A message without `summary` and `description`; found by `sagaspec docs --check`.",
    cure: "Add a `summary`.",
  },
  "unused-operation": {
    meaning: "No handler, saga or document of the project is the other end of an operation.",
    example: "An operation `order.createOrder` that nobody implements; found by `sagaspec docs --check`.",
    cure: 'If its other end is elsewhere, say so: `docs: { external: ["order.createOrder"] }`.',
  },
};
