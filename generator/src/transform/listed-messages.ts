/** The messages that operations and replies list. */
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";
import { type FoundMessage, findMessage } from "./message.js";

/** `messages` of an operation or a reply in 3.x: those listed, else all of the channel's. */
export function listedMessages(context: Context, node: JsonNode, channel: JsonNode | undefined): FoundMessage[] {
  const list = node.at("messages") ?? context.resolver.member(channel, "messages");
  return [...(list?.entries() ?? [])].flatMap(([, one]) => findMessage(context, one) ?? []);
}

/** `message` of a 2.x operation: one, or `oneOf`. */
export function messagesOfVersion2(context: Context, operation: JsonNode): FoundMessage[] {
  const listed = operation.at("message");
  const options = listed && context.resolver.follow(listed)?.at("oneOf");
  const nodes = options ? [...options.entries()].map(([, one]) => one) : listed ? [listed] : [];
  return nodes.flatMap((one) => findMessage(context, one) ?? []);
}
