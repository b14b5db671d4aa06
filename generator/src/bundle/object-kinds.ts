/**
 * What stands where in an AsyncAPI document: by the kind of an object, the kinds of its members; `*` is every other
 * key and every item of a list. A kind that is not here has nothing in it that refers to anything.
 */
const members: { readonly [kind: string]: { readonly [key: string]: string } } = {
  document: {
    info: "info",
    servers: "servers",
    channels: "channels",
    operations: "operations",
    components: "components",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  info: { tags: "tags", externalDocs: "externalDocs" },
  servers: { "*": "server" },
  server: {
    variables: "serverVariables",
    bindings: "serverBinding",
    security: "securitySchemes",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  serverVariables: { "*": "serverVariable" },
  securitySchemes: { "*": "securityScheme" },
  channels: { "*": "channel" },
  channel: {
    messages: "messages",
    parameters: "parameters",
    servers: "servers",
    publish: "operation",
    subscribe: "operation",
    bindings: "channelBinding",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  parameters: { "*": "parameter" },
  parameter: { schema: "schema" },
  operations: { "*": "operation" },
  operation: {
    channel: "channel",
    message: "message",
    messages: "messages",
    reply: "reply",
    "x-reply": "reply",
    traits: "operationTraits",
    security: "securitySchemes",
    bindings: "operationBinding",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  operationTraits: { "*": "operationTrait" },
  operationTrait: {
    security: "securitySchemes",
    bindings: "operationBinding",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  replies: { "*": "reply" },
  reply: { address: "replyAddress", channel: "channel", messages: "messages" },
  replyAddresses: { "*": "replyAddress" },
  messages: { "*": "message" },
  message: {
    oneOf: "messages",
    payload: "schema",
    headers: "schema",
    correlationId: "correlationId",
    traits: "messageTraits",
    bindings: "messageBinding",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  messageTraits: { "*": "messageTrait" },
  messageTrait: {
    headers: "schema",
    correlationId: "correlationId",
    bindings: "messageBinding",
    tags: "tags",
    externalDocs: "externalDocs",
  },
  correlationIds: { "*": "correlationId" },
  tags: { "*": "tag" },
  tag: { externalDocs: "externalDocs" },
  externalDocuments: { "*": "externalDocs" },
  schemas: { "*": "schema" },
  schema: {
    "*": "schema",
    properties: "schemas",
    patternProperties: "schemas",
    definitions: "schemas",
    dependencies: "schemas",
    examples: "data",
    example: "data",
    default: "data",
    const: "data",
    enum: "data",
  },
  serverBindings: { "*": "serverBinding" },
  serverBinding: { "*": "binding" },
  channelBindings: { "*": "channelBinding" },
  channelBinding: { "*": "binding" },
  operationBindings: { "*": "operationBinding" },
  operationBinding: { "*": "binding" },
  messageBindings: { "*": "messageBinding" },
  messageBinding: { "*": "binding" },
  // Protocols have schemas in their bindings: the key of a Kafka message, the query of a WebSocket.
  binding: { "*": "binding", key: "schema", query: "schema", headers: "schema", groupId: "schema", clientId: "schema" },
};

/** Groups of Components Object, by the kind they hold, with the first minor version of 2.x that has them. */
const groups: { readonly [kind: string]: readonly [group: string, since2?: number] } = {
  schema: ["schemas", 0],
  message: ["messages", 0],
  parameter: ["parameters", 0],
  securityScheme: ["securitySchemes", 0],
  correlationId: ["correlationIds", 0],
  operationTrait: ["operationTraits", 0],
  messageTrait: ["messageTraits", 0],
  serverBinding: ["serverBindings", 0],
  channelBinding: ["channelBindings", 0],
  operationBinding: ["operationBindings", 0],
  messageBinding: ["messageBindings", 0],
  server: ["servers", 3],
  channel: ["channels", 3],
  serverVariable: ["serverVariables", 4],
  operation: ["operations"],
  reply: ["replies"],
  replyAddress: ["replyAddresses"],
  tag: ["tags"],
  externalDocs: ["externalDocs"],
};

/** The kind of a member of an object of a kind, or of an item of a list. */
export function kindOf(kind: string, key: string): string {
  if (kind === "components") return key === "externalDocs" ? "externalDocuments" : key;
  const known = members[kind];
  if (known === undefined) return "data";
  // What an extension says is its own affair.
  return (Object.hasOwn(known, key) ? known[key] : key.startsWith("x-") ? undefined : known["*"]) ?? "data";
}

/** Where in `components` a document of this version keeps objects of a kind, if anywhere. */
export function groupOf(kind: string, asyncapi: string): string | undefined {
  const [group, since] = (Object.hasOwn(groups, kind) ? groups[kind] : undefined) ?? [];
  const [major, minor] = asyncapi.split(".").map(Number);
  if (major !== 2) return group;
  return since !== undefined && (minor ?? 0) >= since ? group : undefined;
}
