import type { Message, SchemaNode } from "../contract/contract.js";
import { isObject, member } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { keysOf } from "../load/yaml/pointer.js";
import { channelName } from "./channel-list.js";
import type { Context } from "./context.js";
import { extensionsOf, flagExtension, reportMisspelt, stringExtension } from "./extensions.js";
import { readBindings, readExternalDocs, readTags, textsOf } from "./info.js";
import { typeName } from "./names.js";
import { isNullSchema, rootType } from "./schema.js";
import { type NameCandidate, settleNames } from "./settle-names.js";
import { withTraits } from "./traits.js";

/** A message that something refers to: the node it is in the end. */
export interface FoundMessage {
  readonly node: JsonNode;
  /** The key under which the message, or a reference to it on the way, stands. */
  readonly listedAs?: string;
}

/** A message as it was met, and what it is called where it has no name of its own. */
export interface MessageUse extends FoundMessage {
  /** Stem of last resort: the operation's name. */
  readonly fallback: string;
}

/** Follows a reference to a message. Undefined, and reported, when there is none. */
export function findMessage(context: Context, reference: JsonNode): FoundMessage | undefined {
  const trail = context.resolver.trail(reference);
  const node = trail.at(-1);
  if (!node || !isObject(node.value)) return undefined;
  const keys = trail.map((one) => keyOf(one, one === node && one.source !== context.root.source));
  const listedAs = keys.findLast((key) => key !== undefined);
  return listedAs === undefined ? { node } : { node, listedAs };
}

/** Messages of one contract: each place once. */
export class MessageTable {
  readonly #context: Context;
  readonly #messages = new Map<string, Draft>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** What stands for the message until all are known and {@link settleKeys} tells its key in the contract. */
  keyOf({ node, ...use }: MessageUse): string {
    if (!this.#messages.has(node.id)) this.#messages.set(node.id, readMessage(this.#context, node, use));
    return node.id;
  }

  /** The keys of all messages in the contract, by what {@link keyOf} gave. Equal keys have their channels in front. */
  settleKeys(): ReadonlyMap<string, string> {
    const drafts = [...this.#messages];
    const claims = drafts.map(([, { key, owner }]) => ({
      rank: 0,
      candidates: [{ name: key }, ...(owner === undefined ? [] : [{ name: `${owner}.${key}` }])],
    }));
    const keys = settleNames(claims, () => false);
    return new Map(drafts.map(([id], index) => [id, keys[index] ?? id]));
  }

  get(key: string): Draft | undefined {
    return this.#messages.get(key);
  }

  /** With what {@link keyOf} gave of each. */
  get all(): readonly (readonly [id: string, draft: Draft])[] {
    return [...this.#messages];
  }
}

/** A message without the identifier that it gets when all are known. */
export interface Draft extends Omit<Message, "constName" | "payload"> {
  readonly payload?: SchemaNode;
  /** What it may be called in code, best first: `TicketCreated`. */
  readonly stems: readonly NameCandidate[];
  /** The channel that it stands in, where it stands in one. */
  readonly owner?: string;
  /** The node with traits merged, for the extensions that operations look for. */
  readonly node: JsonNode;
}

function readMessage(context: Context, raw: JsonNode, { listedAs, fallback }: Omit<MessageUse, "node">): Draft {
  const node = withTraits(context, raw);
  reportMisspelt(context, node);
  const ownKey = listedAs ?? node.string("messageId");
  const name = node.string("name");
  const names = [stringExtension(context, node, "name"), name, ownKey];
  const owner = ownerOf(raw);
  const stems = stemsOf(names, fallback, owner);
  const correlation = context.resolver.member(node, "correlationId")?.string("location");
  const schemaFormat = formatOf(context, node);
  return {
    stems,
    ...(owner === undefined ? {} : { owner }),
    node,
    key: ownKey ?? name ?? fallback,
    name: name ?? ownKey ?? fallback,
    origin: node.origin,
    ...textsOf(node, ["title", "summary", "description"]),
    deprecated: node.boolean("deprecated"),
    tags: readTags(context, node),
    ...readExternalDocs(context, node),
    contentType: node.string("contentType") ?? context.root.string("defaultContentType") ?? "application/json",
    ...readSchemas(context, node, stems, stemsOf(names, fallback, owner, "Headers")),
    ...(correlation === undefined ? {} : { correlationId: correlation }),
    failure: flagExtension(context, node, "failure"),
    ...(schemaFormat === undefined ? {} : { schemaFormat }),
    examples: readExamples(context, node),
    bindings: readBindings(context, node),
    extensions: extensionsOf(node),
  };
}

function readSchemas(
  context: Context,
  node: JsonNode,
  stems: readonly NameCandidate[],
  headersStems: readonly NameCandidate[],
): Pick<Draft, "payload" | "headers"> {
  const payload = node.at("payload");
  const headers = node.at("headers");
  return {
    ...(payload && payload.value !== null ? { payload: payloadOf(context, payload, stems) } : {}),
    ...(headers ? { headers: rootType(context, headers, headersStems) } : {}),
  };
}

/** The names that an author gave, as types; behind them what tells this message from others of its name. */
function stemsOf(
  given: readonly (string | undefined)[],
  fallback: string,
  owner: string | undefined,
  ending = "",
): readonly NameCandidate[] {
  const named = given.map((one) => typeName(one ?? "")).filter((one) => one !== "");
  const [first = "Message", ...others] = [...new Set([...named, ...(named.length > 0 ? [] : [typeName(fallback)])])];
  const qualified = owner === undefined ? [] : [typeName(`${owner} ${first}`)];
  const last = [...qualified, typeName(fallback)].map((one) => one + ending);
  return [
    { name: first + ending },
    { name: `${first}${ending}Message`, onlyBehindStronger: true },
    ...[...others.map((one) => one + ending), ...last, `${first}${ending}Message`]
      .filter((name) => name !== ending)
      .map((name) => ({ name })),
  ];
}

/** What the channel is called in which a message stands. */
function ownerOf({ pointer }: JsonNode): string | undefined {
  const keys = keysOf(pointer);
  const key = keys[keys.indexOf("channels") + 1];
  return keys.includes("channels") && key !== undefined ? channelName(key) : undefined;
}

/** Nobody needs a name for a payload that is always `null`. */
function payloadOf(context: Context, payload: JsonNode, stems: readonly NameCandidate[]): SchemaNode {
  const type = member(context.schemaOf(payload)?.value, "type");
  const isNull = isNullSchema({ type: typeof type === "string" || Array.isArray(type) ? type : [] });
  return isNull ? { type: "null" } : rootType(context, payload, stems);
}

/** The key under which a message stands, unless a converter made it up. A shared file may be a list of messages. */
function keyOf(node: JsonNode, isShared: boolean): string | undefined {
  const keys = keysOf(node.pointer);
  const key = keys.at(-1);
  const isListed = keys.at(-2) === "messages" || (isShared && keys.length === 1);
  if (key === undefined || !isListed || isInArray(node)) return undefined;
  return keys[0] === "channels" && /(^|\.)message(\.\d+)?$/.test(key) ? undefined : key;
}

/** The messages of an operation have no keys. */
function isInArray({ source, pointer }: JsonNode): boolean {
  const keys = keysOf(pointer).slice(0, -1);
  return Array.isArray(keys.reduce<unknown>((value, key) => member(value, key), source.value));
}

const JSON_FORMATS = /^application\/(schema|vnd\.aai\.asyncapi)(\+json|\+yaml)?(;|$)/;

function formatOf(context: Context, node: JsonNode): string | undefined {
  const payload = context.resolver.member(node, "payload");
  const format = member(payload?.value, "schema") === undefined ? undefined : payload?.string("schemaFormat");
  const found = format ?? node.string("schemaFormat");
  return found === undefined || JSON_FORMATS.test(found) ? undefined : found;
}

function readExamples(context: Context, node: JsonNode): Message["examples"] {
  const examples: Message["examples"][number][] = [];
  for (const [, one] of node.at("examples")?.entries() ?? []) {
    const example = context.resolver.follow(one);
    if (!example || !isObject(example.value)) continue;
    const [payload, headers] = [example.at("payload"), example.at("headers")];
    examples.push({
      origin: example.origin,
      ...textsOf(example, ["name", "summary"]),
      ...(payload ? { payload: payload.toJSON } : {}),
      ...(headers ? { headers: headers.toJSON } : {}),
    });
  }
  return examples;
}
