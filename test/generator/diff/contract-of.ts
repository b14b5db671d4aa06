import type { Channel, Contract, Message, Operation, SchemaNode } from "../../../generator/src/contract/contract.js";

/** A contract with one channel, from the parts that a test is about. */
export function contractOf(parts: {
  readonly operations: readonly (Partial<Operation> & Pick<Operation, "name" | "action">)[];
  readonly messages: { readonly [key: string]: Partial<Message> };
  readonly types?: { readonly [name: string]: SchemaNode };
  readonly channel?: Partial<Channel>;
  readonly contract?: Partial<Contract>;
}): Contract {
  const at = (pointer: string) => ({ file: "shop.yaml", pointer });
  const channel: Channel = {
    key: "orders",
    constName: "orders",
    origin: at("#/channels/orders"),
    address: "shop.orders",
    parameters: [],
    messages: Object.keys(parts.messages),
    servers: [],
    bindings: {},
    extensions: {},
    ...parts.channel,
  };
  return {
    service: "shop",
    typeName: "Shop",
    title: "Shop",
    version: "1.0.0",
    asyncapi: "3.0.0",
    origin: at("#"),
    info: { tags: [] },
    servers: [],
    channels: [channel],
    operations: parts.operations.map((one) => ({
      id: `shop.${one.name}`,
      origin: at(`#/operations/${one.name}`),
      deprecated: false,
      tags: [],
      channel: channel.key,
      messages: [],
      security: [],
      bindings: {},
      extensions: {},
      ...one,
    })),
    messages: Object.entries(parts.messages).map(([key, one]) => ({
      key,
      constName: key,
      name: key,
      origin: at(`#/components/messages/${key}`),
      deprecated: false,
      tags: [],
      contentType: "application/json",
      failure: false,
      examples: [],
      bindings: {},
      extensions: {},
      ...one,
    })),
    types: Object.entries(parts.types ?? {}).map(([name, schema]) => ({
      name,
      schema,
      origin: at(`#/components/schemas/${name}`),
      deprecated: false,
    })),
    extensions: {},
    ...parts.contract,
  };
}

/** One operation, one message, its payload. */
export function carrying(
  action: Operation["action"],
  payload: SchemaNode,
  types: { readonly [name: string]: SchemaNode } = {},
): Contract {
  return contractOf({
    operations: [{ name: "order", action, messages: [{ key: "order", member: "order" }] }],
    messages: { order: { payload } },
    types,
  });
}
