import type { Contract, Message } from "../contract/contract.js";
import { type ChannelDraft, readChannels } from "./channel.js";
import { ChannelList, channelName } from "./channel-list.js";
import type { Context } from "./context.js";
import { extensionsOf } from "./extensions.js";
import { readInfo } from "./info.js";
import { type Draft, findMessage, MessageTable } from "./message.js";
import { constName, isTakenType, numbered, typeName } from "./names.js";
import { readOperations } from "./operation.js";
import { listOperations } from "./operation-list.js";
import { typeAt } from "./schema.js";
import { readServers } from "./server.js";

/** A document as a contract. Faults are reported; what they leave out is left out. */
export function buildContract(context: Context): Contract {
  const channels = new ChannelList(context);
  const messages = new MessageTable(context);
  const operations = readOperations(context, listOperations(context, channels), channels, messages);
  const channelDrafts = readChannels(context, channels, messages);
  readComponents(context, messages);
  context.types.flush();

  const types = context.types.finish(context.service, context.reporter);
  const typeNames = new Set(types.map((type) => type.name));
  const stem = contractStem(context.service, typeNames);
  const constNames = new Set([constName(context.service), `${constName(context.service)}Events`]);
  return {
    service: context.service,
    typeName: stem,
    ...readInfo(context),
    asyncapi: context.root.string("asyncapi") ?? "",
    origin: context.root.origin,
    servers: readServers(context),
    operations,
    messages: messages.all.map((draft) => finishMessage(draft, constNames)),
    channels: channelDrafts.map((draft) => finishChannel(draft, constNames, typeNames)),
    types,
    extensions: extensionsOf(context.root),
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

/** `Order`, or `OrderService` where the document has a type with one of the names that are derived from it. */
function contractStem(service: string, types: ReadonlySet<string>): string {
  const stem = typeName(service) || "Service";
  const parts = ["Contract", "Client", "Handlers", "EventsContract", "EventsClient", "EventsHandlers"];
  const isFree = (name: string): boolean => parts.every((part) => !types.has(name + part) && !isTakenType(name + part));
  return isFree(stem) ? stem : numbered(`${stem}Service`, isFree);
}

function finishMessage({ stem, node: _, ...message }: Draft, taken: Set<string>): Message {
  return { ...message, constName: claim(constName(stem) || "message", "Message", taken) };
}

function finishChannel(draft: ChannelDraft, taken: Set<string>, types: Set<string>): Contract["channels"][number] {
  const constant = claim(channelName(draft.key), "Channel", taken);
  if (draft.parameters.length === 0) return { ...draft, constName: constant };
  const parametersType = claim(`${typeName(channelName(draft.key))}Parameters`, "Type", types);
  return { ...draft, constName: constant, parametersType };
}

/** The name, or with its kind behind it where it is taken, or with a number where that is taken too. */
function claim(name: string, kind: string, taken: Set<string>): string {
  const isFree = (one: string): boolean => !taken.has(one) && !isTakenType(one);
  const free = isFree(name) ? name : numbered(`${name}${kind}`, isFree);
  taken.add(free);
  return free;
}
