import type { Channel } from "../contract/contract.js";
import { referenceOf } from "../load/refs/resolve.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";
import type { ChannelList } from "./channel-list.js";
import { channelName } from "./channel-list.js";
import type { Context } from "./context.js";
import { extensionsOf } from "./extensions.js";
import { readBindings, readFurther, textsOf } from "./info.js";
import { listedMessages, messagesOfVersion2 } from "./listed-messages.js";
import type { FoundMessage, MessageTable } from "./message.js";
import { readParameters } from "./parameters.js";

/** A channel whose identifiers are settled when all types are known. */
export type ChannelDraft = Omit<Channel, "constName" | "parametersType">;

/** Channel Objects, with every message that goes over them. */
export function readChannels(context: Context, channels: ChannelList, messages: MessageTable): ChannelDraft[] {
  return [...channels.nodes].map(([key, node]) => {
    const address = context.major === 3 ? (node.string("address") ?? null) : key;
    const nodes = messageNodes(context, node);
    const name = channelName(key);
    const keys = nodes.map((one, index) =>
      messages.keyOf({ ...one, fallback: nodes.length > 1 ? `${name} ${index + 1}` : name }),
    );
    return {
      key,
      origin: node.origin,
      address,
      ...textsOf(node, ["title", "summary", "description"]),
      ...readFurther(context, node),
      parameters: readParameters(context, node, address),
      messages: [...new Set(keys)],
      servers: serverNames(context, node),
      bindings: readBindings(context, node),
      extensions: extensionsOf(node),
    };
  });
}

function messageNodes(context: Context, channel: JsonNode): FoundMessage[] {
  if (context.major === 3) return listedMessages(context, channel, undefined);
  return ["publish", "subscribe"].flatMap((kind) => {
    const operation = context.resolver.member(channel, kind);
    return operation ? messagesOfVersion2(context, operation) : [];
  });
}

/** 3.x refers to servers, 2.x names them. */
function serverNames(context: Context, channel: JsonNode): string[] {
  return [...(channel.at("servers")?.entries() ?? [])].flatMap(([, one]) => {
    if (referenceOf(one.value) !== undefined) return lastKey(context.resolver.hop(one)?.pointer ?? "") || [];
    return typeof one.value === "string" ? [one.value] : [];
  });
}
