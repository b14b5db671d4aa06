import type { Operation } from "../contract/contract.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { ChannelList } from "./channel-list.js";
import { readCompensations } from "./compensations.js";
import type { Context } from "./context.js";
import { durationExtension, extension, extensionsOf, reportMisspelt, stringExtension } from "./extensions.js";
import { readBindings, readExternalDocs, readTags, textsOf } from "./info.js";
import { listedMessages, messagesOfVersion2 } from "./listed-messages.js";
import type { MessageTable, MessageUse } from "./message.js";
import { memberName } from "./names.js";
import type { ListedOperation } from "./operation-list.js";
import { type ReadReply, readReply } from "./reply.js";
import { readSecurity } from "./server.js";
import { settleNames } from "./settle-names.js";

/** Operation Objects, with the messages that they use. */
export function readOperations(
  context: Context,
  listed: readonly ListedOperation[],
  channels: ChannelList,
  messages: MessageTable,
): Operation[] {
  const operations = listed.map((one) => readOperation(context, one, channels, messages));
  const undoneBy = readCompensations(context, listed, operations);
  return operations.map((one) => {
    const compensatedBy = undoneBy.get(one.name);
    return compensatedBy === undefined ? one : { ...one, compensatedBy };
  });
}

function readOperation(
  context: Context,
  listed: ListedOperation,
  channels: ChannelList,
  messages: MessageTable,
): Operation {
  const { node, name, action, channel } = listed;
  reportMisspelt(context, node);
  const keys = [...new Set(messagesOf(context, listed).map((use) => messages.keyOf(use)))];
  const reply = readReply(context, listed, channels, messages, keys);
  const timeoutMs = readTimeout(context, node, reply);
  const idempotencyKey = stringExtension(context, node, "idempotency-key");
  return {
    name,
    id: `${context.service}.${name}`,
    origin: node.origin,
    action,
    ...textsOf(node, ["title", "summary", "description"]),
    deprecated: node.boolean("deprecated"),
    tags: readTags(context, node),
    ...readExternalDocs(context, node),
    channel,
    messages: withMembers(keys, messages),
    ...(reply ? { reply: reply.reply } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    security: readSecurity(context, node),
    bindings: readBindings(context, node),
    extensions: extensionsOf(node),
  };
}

/** How long a reply is waited for, where the document says so; the reply's own word counts before the operation's. */
function readTimeout(context: Context, node: JsonNode, reply: ReadReply | undefined): number | undefined {
  const timeoutMs = durationExtension(context, node, "timeout");
  if (reply || timeoutMs === undefined) return reply?.timeoutMs ?? timeoutMs;
  const hint = "Give the operation a `reply`, or leave `x-timeout` out.";
  const message = "x-timeout is ignored: the operation has no reply, so nobody waits for one";
  context.reporter.warning(extension(node, "timeout") ?? node, "timeout-without-reply", message, hint);
  return undefined;
}

/** What an operation sends or receives. One without any carries an empty message. */
function messagesOf(context: Context, { node, name, channelNode }: ListedOperation): MessageUse[] {
  const found = context.major === 3 ? listedMessages(context, node, channelNode) : messagesOfVersion2(context, node);
  if (found.length === 0) return [{ node, fallback: name }];
  return found.map((one, index) => ({ ...one, fallback: found.length > 1 ? `${name} ${index + 1}` : name }));
}

/** Members of an operation of several messages: called as the messages are. */
function withMembers(keys: readonly string[], messages: MessageTable): Operation["messages"] {
  const claims = keys.map((key) => {
    const names = messages.get(key)?.stems.map(({ name }) => memberName(name)) ?? [];
    const candidates = names.filter((name) => name !== "").map((name) => ({ name }));
    return { rank: 0, candidates: candidates.length > 0 ? candidates : [{ name: "message" }] };
  });
  const members = settleNames(claims, () => false);
  return keys.map((key, index) => ({ key, member: members[index] ?? "message" }));
}
