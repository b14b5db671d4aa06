import type { Contract } from "../contract/contract.js";
import { readChannels } from "./channel.js";
import { ChannelList } from "./channel-list.js";
import type { Context } from "./context.js";
import { extensionsOf } from "./extensions.js";
import { readInfo } from "./info.js";
import { findMessage, MessageTable } from "./message.js";
import { readOperations } from "./operation.js";
import { listOperations } from "./operation-list.js";
import { typeAt } from "./schema.js";
import { readServers } from "./server.js";
import { settleContract } from "./settle-contract.js";

/**
 * A document as a contract. Faults are reported; what they leave out is left out.
 *
 * @returns what gives the contract once every document of the run has been read: types that they share have one name
 */
export function buildContract(context: Context): () => Contract {
  const channels = new ChannelList(context);
  const messages = new MessageTable(context);
  const operations = readOperations(context, listOperations(context, channels), channels, messages);
  const channelDrafts = readChannels(context, channels, messages);
  readComponents(context, messages);
  context.types.flush();

  return () => {
    const types = context.types.finish(context.service, context.reporter);
    const names = settleContract(context.service, types, messages, channelDrafts, operations);
    return {
      service: context.service,
      typeName: names.stem,
      ...readInfo(context),
      asyncapi: context.root.string("asyncapi") ?? "",
      origin: context.root.origin,
      servers: readServers(context),
      operations: names.operations,
      messages: names.messages,
      channels: names.channels,
      types: names.types,
      extensions: extensionsOf(context.root),
    };
  };
}

/** What no operation uses is still part of the document: messages and schemas have their types. */
function readComponents(context: Context, messages: MessageTable): void {
  const components = context.resolver.member(context.root, "components");
  for (const [key, one] of context.resolver.member(components, "messages")?.entries() ?? []) {
    const found = findMessage(context, one);
    if (found) messages.keyOf({ ...found, fallback: key });
  }
  for (const [, one] of context.resolver.member(components, "schemas")?.entries() ?? []) {
    const schema = context.schemaOf(one);
    if (schema) typeAt(context, schema);
  }
}
