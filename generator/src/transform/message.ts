import type { Message, SchemaNode } from "../contract/contract.js";
import { isObject, member } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { keysOf } from "../load/yaml/pointer.js";
import type { Context } from "./context.js";
import { extensionsOf, flagExtension, reportMisspelt, stringExtension } from "./extensions.js";
import { readBindings, readExternalDocs, readTags, textsOf } from "./info.js";
import { numbered, typeName } from "./names.js";
import { isNullSchema, rootType } from "./schema.js";
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
  readonly #keys = new Map<string, string>();
  readonly #messages = new Map<string, Draft>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Key of the message in the contract. */
  keyOf({ node, ...use }: MessageUse): string {
    const known = this.#keys.get(node.id);
    if (known !== undefined) return known;
    const draft = readMessage(this.#context, node, use);
    const key = numbered(draft.key, (one) => !this.#messages.has(one));
    this.#keys.set(node.id, key);
    this.#messages.set(key, { ...draft, key });
    return key;
  }

  get(key: string): Draft | undefined {
    return this.#messages.get(key);
  }

  get all(): readonly Draft[] {
    return [...this.#messages.values()];
  }
}

/** A message without the identifier that it gets when all are known. */
export interface Draft extends Omit<Message, "constName" | "payload"> {
  readonly payload?: SchemaNode;
  /** What it is called in code, before clashes: `TicketCreated`. */
  readonly stem: string;
  /** The node with traits merged, for the extensions that operations look for. */
  readonly node: JsonNode;
}

function readMessage(context: Context, raw: JsonNode, { listedAs, fallback }: Omit<MessageUse, "node">): Draft {
  const node = withTraits(context, raw);
  reportMisspelt(context, node);
  const ownKey = listedAs ?? node.string("messageId");
  const name = node.string("name");
  const names = [stringExtension(context, node, "name"), name, ownKey, fallback];
  const stems = [...new Set(names.map((one) => typeName(one ?? "")).filter((one) => one !== ""))];
  const stem = stems[0] ?? "Message";
  const correlation = context.resolver.member(node, "correlationId")?.string("location");
  const schemaFormat = formatOf(context, node);
  return {
    stem,
    node,
    key: ownKey ?? name ?? fallback,
    name: name ?? ownKey ?? fallback,
    origin: node.origin,
    ...textsOf(node, ["title", "summary", "description"]),
    deprecated: node.boolean("deprecated"),
    tags: readTags(context, node),
    ...readExternalDocs(context, node),
    contentType: node.string("contentType") ?? context.root.string("defaultContentType") ?? "application/json",
    ...readSchemas(context, node, stems.length > 0 ? stems : [stem]),
    ...(correlation === undefined ? {} : { correlationId: correlation }),
    failure: flagExtension(context, node, "failure"),
    ...(schemaFormat === undefined ? {} : { schemaFormat }),
    examples: readExamples(context, node),
    bindings: readBindings(context, node),
    extensions: extensionsOf(node),
  };
}

function readSchemas(context: Context, node: JsonNode, stems: readonly string[]): Pick<Draft, "payload" | "headers"> {
  const payload = node.at("payload");
  const headers = node.at("headers");
  return {
    ...(payload && payload.value !== null ? { payload: payloadOf(context, payload, stems) } : {}),
    ...(headers
      ? {
          headers: rootType(
            context,
            headers,
            stems.map((one) => `${one}Headers`),
          ),
        }
      : {}),
  };
}

/** Nobody needs a name for a payload that is always `null`. */
function payloadOf(context: Context, payload: JsonNode, stems: readonly string[]): SchemaNode {
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
      ...(payload ? { payload: context.resolver.follow(payload)?.toJSON } : {}),
      ...(headers ? { headers: context.resolver.follow(headers)?.toJSON } : {}),
    });
  }
  return examples;
}
