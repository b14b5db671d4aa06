import type { Reply } from "../contract/contract.js";
import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { ChannelList } from "./channel-list.js";
import type { Context } from "./context.js";
import { durationExtension, objectExtension } from "./extensions.js";
import { listedMessages, messagesOfVersion2 } from "./listed-messages.js";
import { type FoundMessage, findMessage, type MessageTable } from "./message.js";
import type { ListedOperation } from "./operation-list.js";

/** A reply, and the timeout that it declares for itself. */
export interface ReadReply {
  readonly reply: Reply;
  readonly timeoutMs?: number;
}

/**
 * The answer to an operation: 3.x `reply`; in 2.x `x-reply`, the same object, or `x-response` of a message. Messages
 * marked `x-failure` are the failures.
 */
export function readReply(
  context: Context,
  operation: ListedOperation,
  channels: ChannelList,
  messages: MessageTable,
  requests: readonly string[],
): ReadReply | undefined {
  const declared = replyNode(context, operation);
  if (declared) {
    const timeoutMs = durationExtension(context, declared, "timeout");
    const reply = readDeclared(context, declared, operation, channels, messages);
    return timeoutMs === undefined ? { reply } : { reply, timeoutMs };
  }
  const responses = requests.flatMap((key) => {
    const request = messages.get(key)?.node;
    const response = request && objectExtension(context, request, "response");
    return response ? [response] : [];
  });
  if (responses.length === 0) return undefined;
  const nodes = responses.flatMap((one) => responseMessages(context, one));
  return { reply: split(nodes, operation, messages) };
}

function replyNode(context: Context, { node }: ListedOperation): JsonNode | undefined {
  const found = context.major === 3 ? node.at("reply") : objectExtension(context, node, "reply");
  const reply = found && context.resolver.follow(found);
  return reply && isObject(reply.value) ? reply : undefined;
}

function readDeclared(
  context: Context,
  node: JsonNode,
  operation: ListedOperation,
  channels: ChannelList,
  messages: MessageTable,
): Reply {
  const address = context.resolver.member(node, "address")?.string("location");
  const reference = node.at("channel");
  const channel = reference && channels.keyOf(reference);
  const channelNode = channel === undefined ? undefined : channels.nodes.get(channel);
  const nodes =
    context.major === 3 || node.at("messages")
      ? listedMessages(context, node, channelNode)
      : ["publish", "subscribe"].flatMap((kind) => {
          const side = context.resolver.member(channelNode, kind);
          return side ? messagesOfVersion2(context, side) : [];
        });
  const listed = node.at("messages");
  if (listed && Array.isArray(listed.value) && listed.value.length === 0) {
    const hint = "List the messages of the reply; without `messages` it has all of its channel's.";
    const message = "the list of the reply's messages is empty: a caller can only wait until its timeout";
    context.reporter.warning(listed, "reply-without-messages", message, hint);
  }
  return {
    ...(address === undefined ? {} : { address }),
    ...(channel === undefined ? {} : { channel }),
    ...split(nodes, operation, messages),
  };
}

/** `x-response` holds a message, several, or `oneOf`. */
function responseMessages(context: Context, response: JsonNode): FoundMessage[] {
  const list = Array.isArray(response.value) ? response : response.at("oneOf");
  const nodes = list ? [...list.entries()].map(([, one]) => one) : [response];
  return nodes.flatMap((one) => findMessage(context, one) ?? []);
}

function split(found: readonly FoundMessage[], { name }: ListedOperation, messages: MessageTable): Reply {
  const fallback = `${name} reply`;
  const keys = found.map((one, index) =>
    messages.keyOf({ ...one, fallback: found.length > 1 ? `${fallback} ${index + 1}` : fallback }),
  );
  const isFailure = (key: string): boolean => messages.get(key)?.failure === true;
  const unique = [...new Set(keys)];
  return { success: unique.filter((key) => !isFailure(key)), failure: unique.filter(isFailure) };
}
