import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { type ChannelList, channelName } from "./channel-list.js";
import type { Context } from "./context.js";
import { stringExtension } from "./extensions.js";
import { memberName } from "./names.js";
import { settleNames } from "./settle-names.js";
import { withTraits } from "./traits.js";

/** An operation before its messages are read: the same for 2.x and 3.x. */
export interface ListedOperation {
  readonly node: JsonNode;
  readonly action: "receive" | "send";
  /** Key of the channel; its node with references followed. */
  readonly channel: string;
  readonly channelNode: JsonNode;
  /** Key or `operationId`, where the author gave one. */
  readonly key?: string;
  readonly name: string;
}

type Unnamed = Omit<ListedOperation, "name">;

/** The operations of the document, in its order, each with a name of its own. */
export function listOperations(context: Context, channels: ChannelList): ListedOperation[] {
  const listed = context.major === 3 ? listOfVersion3(context, channels) : listOfVersion2(context, channels);
  return withNames(context, listed);
}

function listOfVersion3(context: Context, channels: ChannelList): Unnamed[] {
  const listed: Unnamed[] = [];
  for (const [key, one] of context.resolver.member(context.root, "operations")?.entries() ?? []) {
    const raw = context.resolver.follow(one);
    if (!raw || !isObject(raw.value)) continue;
    const node = withTraits(context, raw);
    const action = node.string("action");
    const reference = node.at("channel");
    const channel = reference && channels.keyOf(reference);
    const channelNode = channel === undefined ? undefined : channels.nodes.get(channel);
    if ((action !== "send" && action !== "receive") || channel === undefined || !channelNode) {
      const hint = "Give it `action: send` or `receive`, and a `channel` that refers to one of `channels`.";
      context.reporter.error(raw, "incomplete-operation", `the operation '${key}' has no action or no channel`, hint);
      continue;
    }
    const messages = node.at("messages")?.value;
    if (Array.isArray(messages) && messages.length === 0) {
      const hint = "List messages of the channel; without `messages` the operation has all of them.";
      const message = `the operation '${key}' is left out: its list of messages is empty`;
      context.reporter.warning(node.at("messages") ?? raw, "operation-without-messages", message, hint);
      continue;
    }
    const invented = /\.(publish|subscribe)$/.test(key);
    listed.push({ node, action, channel, channelNode, ...(invented ? {} : { key }) });
  }
  return listed;
}

function listOfVersion2(context: Context, channels: ChannelList): Unnamed[] {
  const listed: Unnamed[] = [];
  const receives = context.perspective === "application" ? "publish" : "subscribe";
  for (const [channel, channelNode] of channels.nodes) {
    for (const kind of ["publish", "subscribe"]) {
      const raw = context.resolver.member(channelNode, kind);
      if (!raw || !isObject(raw.value)) continue;
      const node = withTraits(context, raw);
      const key = node.string("operationId");
      const action = kind === receives ? "receive" : "send";
      listed.push({ node, action, channel, channelNode, ...(key === undefined ? {} : { key }) });
    }
  }
  return listed;
}

function withNames(context: Context, listed: readonly Unnamed[]): ListedOperation[] {
  const given = listed.map((one) => stringExtension(context, one.node, "name") ?? one.key ?? "");
  const wanted = listed.map((one, index) => memberName(given[index] ?? "") || memberName(channelName(one.channel)));
  const prefixed = distinguish(wanted, (index) => listed[index] && channelName(listed[index].channel));
  const final = distinguish(prefixed, (index) => listed[index]?.action);
  const names = settleNames(
    listed.map((one, index) => {
      const name = final[index] ?? "";
      const channel = channelName(one.channel);
      const longer = [`${channel} ${name}`, `${one.action} ${channel} ${name}`].map(memberName);
      const candidates = [name, ...longer].map((candidate) => ({ name: candidate }));
      return { rank: name === wanted[index] ? 0 : 1, candidates };
    }),
    () => false,
  );
  return listed.map((one, index) => {
    const name = names[index] ?? "";
    reportRename(context, one.node, given[index] ?? "", wanted[index] ?? "", name);
    return { ...one, name };
  });
}

/** What the author called an operation, and its members are not called, is worth a word. */
function reportRename(context: Context, node: JsonNode, given: string, wanted: string, name: string): void {
  const isReserved = wanted === name && name.endsWith("_") && !given.endsWith("_");
  if (given === "" || (wanted === name && !isReserved)) return;
  const reason = isReserved ? "every object has that member" : `another operation is called '${wanted}' as well`;
  const hint = "Give it another `operationId`, key or `x-name` to choose the name yourself.";
  context.reporter.info(node, "renamed-operation", `the operation '${given}' is called '${name}': ${reason}`, hint);
}

/** Puts a prefix before all names that are not unique, unless that would be the same for all of them. */
function distinguish(names: readonly string[], prefix: (index: number) => string | undefined): readonly string[] {
  const groups = new Map<string, number[]>();
  for (const [index, name] of names.entries()) groups.set(name, [...(groups.get(name) ?? []), index]);
  const result = [...names];
  for (const [name, indexes] of groups) {
    if (indexes.length < 2 || new Set(indexes.map(prefix)).size < 2) continue;
    for (const index of indexes) result[index] = memberName(`${prefix(index)} ${name}`);
  }
  return result;
}
